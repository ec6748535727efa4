import { badge } from './dom.js';
import { wecom } from './wecom-api.js';

const kinds = { mass: '[群发] ', moment: '[朋友圈] ', welcome: '', text: '', system: '' };

/** Rows of the conversation list for employees and kf accounts; empty while there is no corp. */
export function wecomRows(phone, row) {
  const people = (phone.wecom?.contacts ?? []).map((one) =>
    row({ icon: badge(one.name), title: `${one.name}@${one.corpName || one.corpid}`, last: one.last, text: lastText(one, '已添加，可以开始聊天'), unread: 0, open: () => phone.go('contact', one) }),
  );
  const services = (phone.wecom?.services ?? []).map((one) =>
    row({ icon: badge(one.name), title: one.name, last: one.last, text: lastText(one, `${one.corpName || one.corpid} 的微信客服`), unread: 0, open: () => phone.go('service', one) }),
  );
  return [...people, ...services];
}

function lastText({ last, half }, otherwise) {
  if (half) return '等待对方确认';
  return last ? `${kinds[last.kind] ?? ''}${last.text || (last.attachments?.[0]?.title ?? '')}` : otherwise;
}

/** What the conversation list needs to know of WeCom. */
export async function wecomState(id) {
  const [contacts, services] = await Promise.all([wecom.contacts(id), wecom.services(id)]);
  return { contacts, services };
}

/** Whether a scanned text is one of WeCom's codes or links. */
export function isWecomCode(text) {
  return /\/sim\/wecom\/(code|link|kf|join)\//.test(text);
}

/** Scans a live code, an acquisition link, a group's code or a customer-service link. Answers what happened, or throws. */
export async function scanWecom(phone, url) {
  const { id } = phone.person;
  if (url.includes('/sim/wecom/kf/')) {
    const { corpid, openKfid } = await wecom.enterService(id, { url });
    await phone.refresh();
    const found = phone.wecom.services.find((one) => one.openKfid === openKfid);
    phone.go('service', { ...found, corpid, openKfid, entered: true });
    return '已进入微信客服';
  }
  if (url.includes('/sim/wecom/join/')) return `已加入群聊“${(await wecom.joinGroup(id, url)).name}”`;
  const { corpid, userid } = await wecom.scanContact(id, url);
  await phone.refresh();
  const found = phone.wecom.contacts.find((one) => one.corpid === corpid && one.userid === userid);
  if (found) phone.go('contact', found);
  return '已添加到通讯录';
}
