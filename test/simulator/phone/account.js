import { accountCard } from './account-card.js';
import { accounts } from './account-api.js';
import { menuBar } from './account-menu.js';
import { api } from './api.js';
import { badge, h, shortTime, topBar } from './dom.js';
import { publicPath } from './pages.js';

const GAP_MS = 300_000;

/** The chat of an official account: its messages and menu for a follower, its card for anybody else. */
export function showAccount(root, phone, { appid }) {
  const app = phone.app(appid);
  const body = h('div', { class: 'scroll chat', role: 'log', 'aria-label': `${app.name} 的消息` });
  const foot = h('div', { class: 'account-foot' });
  const more = h('button', { type: 'button', class: 'account-more', 'aria-label': '账号设置', onclick: () => (settings.hidden = !settings.hidden) }, '•••');
  const settings = h('div', { class: 'menu', hidden: true });
  const bar = topBar(app.name, () => phone.back());
  bar.append(more);
  root.append(bar, body, foot, settings);
  const view = { state: '', async update() {
    const [{ follow }, lines, { button }] = await Promise.all([accounts.follow(phone.person.id, appid), api.chat(phone.person.id, appid), accounts.menu(appid)]);
    if (!root.contains(body)) return;
    const state = JSON.stringify([follow?.subscribed, follow?.blocked, lines.length, button]);
    if (state === view.state) return;
    view.state = state;
    const act = (run) => async () => {
      settings.hidden = true;
      await run(phone.person.id, appid);
      await phone.refresh();
      await view.update();
    };
    more.hidden = !follow?.subscribed;
    const entry = (label, run) => h('button', { type: 'button', onclick: act(run) }, label);
    const switchText = follow?.blocked ? '接收消息' : '不接收消息';
    settings.replaceChildren(entry(switchText, (id) => accounts.block(id, appid, !follow.blocked)), entry('不再关注', accounts.unfollow));
    if (follow?.subscribed) showChat(lines, button);
    else showCard(act(accounts.follows));
  } };

  function showChat(lines, button) {
    body.replaceChildren(...bubbles(phone, app, lines));
    body.scrollTop = body.scrollHeight;
    foot.replaceChildren(menuBar(phone, app, { buttons: button, said: () => view.update() }));
    void markRead(phone, appid);
  }

  function showCard(follow) {
    const kind = app.kind === 'service_account' ? '服务号' : '公众号';
    body.replaceChildren(h('section', { class: 'account-intro', 'aria-label': app.name }, badge(app.name, 'round'), h('h3', {}, app.name), h('p', {}, kind), h('button', { type: 'button', class: 'follow', onclick: follow }, '关注')));
    foot.replaceChildren();
  }

  void view.update();
  return { update: () => void view.update() };
}

async function markRead(phone, appid) {
  const unread = phone.messages.filter((message) => message.appid === appid && !message.read && (message.kind !== 'subscribe' || message.inChat));
  for (const message of unread) {
    message.read = true;
    await api.tap(phone.person.id, message.id);
  }
}

function bubbles(phone, app, lines) {
  const messages = new Map(phone.messages.map((message) => [message.id, message]));
  let last = -Infinity;
  return lines.flatMap((line) => {
    const stamp = line.at - last > GAP_MS ? [h('time', { class: 'stamp' }, shortTime(line.at))] : [];
    last = line.at;
    if (line.from === 'system') return [...stamp, h('p', { class: 'system' }, line.text)];
    const message = messages.get(line.messageId);
    const open = () => void openMessage(phone, app, line.messageId);
    if (message && message.kind !== 'custom') return [...stamp, accountCard(app, message, open)];
    const mine = line.from === 'me';
    const words = line.messageId === undefined ? line.text : h('button', { type: 'button', class: 'link', onclick: open }, line.text.replace(/<[^>]*>/g, ''));
    return [...stamp, h('div', { class: `bubble ${line.from}` }, badge(mine ? phone.person.name : app.name), h('p', {}, words))];
  });
}

/** Opens the page a message points to, in the program it belongs to. */
async function openMessage(phone, app, messageId) {
  const { page, appid } = await api.tap(phone.person.id, messageId);
  const target = phone.app(appid) ?? app;
  phone.go('program', { appid: target.appid, path: publicPath(target, page) });
}
