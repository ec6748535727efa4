import { api } from './api.js';
import { badge, h, shortTime, topBar } from './dom.js';
import { fieldsOf, publicPath } from './pages.js';

/** Subscription messages as cards, oldest first, as the client shows them. */
export function showNotices(root, phone) {
  const list = h('div', { class: 'scroll notices', role: 'list', 'aria-label': '订阅消息' });
  root.append(topBar('服务通知', () => phone.back()), list);
  let shown = '';
  const update = () => {
    const notices = phone.messages.filter((message) => message.kind === 'subscribe' && !message.inChat).toReversed();
    const state = `${phone.loaded} ${notices.map((message) => message.id + message.read).join()}`;
    if (state === shown) return;
    shown = state;
    list.replaceChildren(...notices.map((message) => card(phone, message)));
    if (notices.length === 0) list.append(h('p', { class: 'empty' }, '还没有收到通知'));
    list.scrollTop = list.scrollHeight;
  };
  update();
  return { update };
}

function card(phone, message) {
  const app = phone.app(message.appid);
  const template = app?.templates.find((one) => one.priTmplId === message.templateId);
  const labels = new Map(fieldsOf(template).map((field) => [field.key, field.label]));
  const open = async () => {
    const { page } = await api.tap(phone.person.id, message.id);
    message.read = true;
    phone.go('program', { appid: app.appid, path: publicPath(app, page) });
  };
  return h(
    'div',
    { role: 'listitem', class: 'notice' },
    h('time', { class: 'stamp' }, shortTime(message.at)),
    h(
      'article',
      { 'aria-label': `${message.title}（${message.appName}）` },
      h('p', { class: 'notice-app' }, badge(message.appName), message.appName),
      h('h3', {}, message.title),
      h('dl', {}, Object.entries(message.data ?? {}).map(([key, value]) => h('div', {}, h('dt', {}, labels.get(key) ?? key), h('dd', {}, value)))),
      message.page === undefined ? null : h('button', { type: 'button', class: 'notice-open', onclick: open }, '进入小程序查看', h('span', { 'aria-hidden': 'true' }, '›')),
    ),
  );
}
