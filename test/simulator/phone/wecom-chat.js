import { badge, h, shortTime, topBar } from './dom.js';
import { publicPath } from './pages.js';
import { wecom } from './wecom-api.js';

const GAP_MS = 300_000;

/** The conversation with one employee of a corp. */
export function showContact(root, phone, contact) {
  const remove = async () => {
    await wecom.remove(phone.person.id, contact);
    await phone.refresh();
    phone.back();
  };
  const bar = topBar(`${contact.name}@${contact.corpName || contact.corpid}`, () => phone.back());
  bar.append(h('button', { type: 'button', class: 'bar-action', onclick: () => void remove() }, '删除'));
  return conversation(root, phone, {
    bar,
    label: `与${contact.name}的对话`,
    other: contact.name,
    load: () => wecom.chat(phone.person.id, contact),
    say: (text) => wecom.say(phone.person.id, contact, text),
  });
}

/** The conversation with an account of WeChat Customer Service. The first visit counts as entering. */
export function showService(root, phone, account) {
  if (!account.entered && !account.last) void wecom.enterService(phone.person.id, { corpid: account.corpid, openKfid: account.openKfid });
  return conversation(root, phone, {
    bar: topBar(account.name, () => phone.back()),
    label: '微信客服对话',
    other: account.name,
    load: () => wecom.serviceChat(phone.person.id, account),
    say: (text) => wecom.serviceSay(phone.person.id, account, text),
  });
}

function conversation(root, phone, { bar, label, other, load, say }) {
  const list = h('div', { class: 'scroll chat', role: 'log', 'aria-label': label });
  const input = h('input', { type: 'text', 'aria-label': '输入消息', placeholder: '输入消息', autocomplete: 'off', maxlength: '500' });
  const note = h('p', { class: 'system', role: 'status' });
  let shown = '';
  async function update() {
    const lines = await load();
    const state = JSON.stringify(lines);
    if (state === shown) return;
    shown = state;
    list.replaceChildren(...bubbles(phone, other, lines), note);
    list.scrollTop = list.scrollHeight;
  }
  const send = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    try {
      await say(text);
      input.value = '';
      note.textContent = '';
    } catch {
      note.textContent = '发送失败，对方还不是你的好友';
    }
    await update();
  };
  list.append(note);
  root.append(bar, list, h('form', { class: 'composer', onsubmit: send }, input, h('button', { type: 'submit' }, '发送')));
  void update();
  return { update: () => void update() };
}

function bubbles(phone, other, lines) {
  let last = -Infinity;
  return lines.flatMap((line) => {
    const stamp = line.at - last > GAP_MS ? [h('time', { class: 'stamp' }, shortTime(line.at))] : [];
    last = line.at;
    if (line.kind === 'system') return [...stamp, h('p', { class: 'system' }, line.text)];
    const mine = line.from === 'me';
    const face = () => badge(mine ? phone.person.name : other);
    const said = line.text ? [h('div', { class: `bubble ${mine ? 'me' : 'service'}` }, face(), h('p', {}, line.kind === 'moment' ? h('small', { class: 'moment-mark' }, '发表了朋友圈') : null, ...linked(phone, line.text)))] : [];
    const cards = (line.attachments ?? []).map((one) => h('div', { class: 'bubble service' }, face(), card(phone, one)));
    return [...stamp, ...said, ...cards];
  });
}

/** Bare addresses in a text can be tapped, as in the real client. */
function linked(phone, text) {
  return text.split(/(https?:\/\/[^\s\u4e00-\u9fff]+)/).map((part, index) => (index % 2 ? h('button', { type: 'button', class: 'link', onclick: () => open(phone, { msgtype: 'link', url: part }) }, part) : part));
}

function card(phone, attachment) {
  const words = [h('strong', {}, attachment.title), attachment.description && attachment.msgtype === 'link' ? h('small', {}, attachment.description) : null];
  if (!attachment.url || attachment.msgtype === 'image') return h('p', {}, ...words);
  return h('p', { class: 'link-card' }, h('button', { type: 'button', onclick: () => open(phone, attachment) }, ...words, attachment.msgtype === 'miniprogram' ? h('small', {}, '小程序') : null));
}

/** Opens a link or card in the window of a mini program, where the client's functions exist. */
function open(phone, { msgtype, url, description }) {
  const app = (msgtype === 'miniprogram' && phone.app(description)) || phone.apps[0];
  if (!app) return window.open(url, '_blank', 'noopener');
  const page = msgtype === 'miniprogram' ? url.replace(/\.html(?=\?|$)/, '') : url;
  return phone.go('program', { appid: app.appid, path: publicPath(app, page) });
}
