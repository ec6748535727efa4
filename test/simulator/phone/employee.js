import { h, shortTime } from './dom.js';
import { desk } from './wecom-api.js';

const POLL_MS = 2000;
const select = document.getElementById('who');
const note = document.getElementById('note');
let who = null;
let shown = '';

/** One action of the employee: what happened is told, and the lists are read again. */
function action(label, run, main = false) {
  const press = async () => {
    try {
      note.textContent = await run();
    } catch (error) {
      note.textContent = `没有成功：${error.message}`;
    }
    await refresh();
  };
  return h('button', { type: 'button', class: main ? 'plain main' : 'plain', onclick: () => void press() }, label);
}

function words({ text, attachments, createdAt }) {
  return [h('p', {}, text), ...attachments.map((one) => h('p', {}, `📎 ${one.title}`)), h('small', {}, `创建于 ${shortTime(createdAt)}`)];
}

function sendCard(send) {
  const { corpid, userid } = who;
  const confirm = async () => {
    const { sent, notFriend, allowance } = await desk.confirm(corpid, userid, send.msgid);
    return `已发送 ${sent} 个，非好友 ${notFriend} 个，达到接收上限 ${allowance} 个`;
  };
  const ignore = async () => {
    await desk.ignore(corpid, userid, send.msgid);
    return '已忽略，管理员提醒后会再次出现';
  };
  const target = send.chatType === 'group' ? '个客户群' : '位客户';
  const reminded = send.reminders > 0 ? `，管理员已提醒 ${send.reminders} 次` : '';
  return h('article', { 'aria-label': '群发任务' }, ...words(send), h('small', {}, `，发给 ${send.people.length} ${target}${reminded}`), h('div', { class: 'work-actions' }, action('发送', confirm, true), action('忽略', ignore)));
}

function momentCard(moment) {
  const publish = async () => `已发表，${(await desk.publish(who.corpid, who.userid, moment.momentId)).people.length} 位客户可见`;
  return h('article', { 'aria-label': '朋友圈任务' }, ...words(moment), h('div', { class: 'work-actions' }, action('发表', publish, true)));
}

const states = { half: '等待通过', friend: '好友', one_way: '对方已删除你' };

function contactCard(contact) {
  const { corpid, userid } = who;
  const accept = async () => {
    await desk.accept(corpid, userid, contact.person);
    return `已通过 ${contact.name}`;
  };
  const remove = async () => {
    await desk.remove(corpid, userid, contact.person);
    return `已删除 ${contact.name}`;
  };
  const name = contact.remark ? `${contact.remark}（${contact.name}）` : contact.name;
  return h('article', { 'aria-label': contact.name }, h('p', {}, name), h('small', {}, [states[contact.state], ...contact.tags].join(' · ')), h('div', { class: 'work-actions' }, contact.state === 'half' ? action('通过', accept, true) : null, action('删除客户', remove)));
}

function fill(id, cards, empty) {
  document.getElementById(id).replaceChildren(...(cards.length ? cards : [h('small', {}, empty)]));
}

async function refresh() {
  if (!who) return;
  const [{ sends, moments }, contacts] = await Promise.all([desk.tasks(who.corpid, who.userid), desk.contacts(who.corpid, who.userid)]);
  const state = JSON.stringify([sends, moments, contacts]);
  if (state === shown) return;
  shown = state;
  fill('sends', sends.map(sendCard), '没有待发送的群发');
  fill('moments', moments.map(momentCard), '没有待发表的朋友圈');
  fill('contacts', contacts.map(contactCard), '还没有客户');
}

function choose(value) {
  const [corpid, userid] = value.split(' ');
  who = userid ? { corpid, userid } : null;
  shown = '';
  note.textContent = '';
  history.replaceState(null, '', who ? `?${new URLSearchParams(who)}` : location.pathname);
  return refresh();
}

async function poll() {
  try {
    if (!document.hidden) await refresh();
  } catch {
    // The simulator restarts: the next round tries again.
  }
  setTimeout(() => void poll(), POLL_MS);
}

const corps = await desk.corps();
const wanted = new URLSearchParams(location.search);
const everyone = corps.flatMap((corp) => corp.employees.map((one) => ({ value: `${corp.corpid} ${one.userid}`, label: `${one.name}（${corp.name || corp.corpid}）` })));
select.append(...(everyone.length ? everyone : [{ value: '', label: '还没有企业' }]).map((one) => h('option', { value: one.value }, one.label)));
const first = everyone.find((one) => one.value === `${wanted.get('corpid')} ${wanted.get('userid')}`) ?? everyone[0];
select.value = first?.value ?? '';
select.addEventListener('change', () => void choose(select.value));
await choose(select.value);
void poll();
