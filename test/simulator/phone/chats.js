import { badge, h, plainText, shortTime, topBar } from './dom.js';
import { tabBar } from './tabs.js';
import { wecomRows } from './wecom-chats.js';
import { scanForm } from './wecom-scan.js';

/** The list of conversations: service notices, and the customer service of each program. */
export function showChats(root, phone) {
  const list = h('ul', { class: 'rows', 'aria-label': '会话' });
  root.append(topBar('微信'), h('div', { class: 'scroll' }, list, scanForm(phone)), tabBar(phone, 'chats'));
  const update = () => {
    const notices = phone.messages.filter((message) => message.kind === 'subscribe' && !message.inChat);
    const rows = [
      row({
        icon: h('span', { class: 'badge square notice-icon', 'aria-hidden': 'true' }, '✉'),
        title: '服务通知',
        last: notices[0],
        text: notices[0] ? `${notices[0].appName}：${notices[0].title}` : '暂无通知',
        unread: notices.filter((message) => !message.read).length,
        open: () => phone.go('notices'),
      }),
    ];
    rows.push(...phone.apps.filter((app) => app.kind !== 'mini_program').map((app) => accountRow(phone, app)));
    for (const app of phone.apps.filter((one) => one.kind === 'mini_program')) {
      const replies = phone.messages.filter((message) => message.kind === 'custom' && message.appid === app.appid);
      rows.push(
        row({
          icon: badge(app.name),
          title: `${app.name} 客服`,
          last: replies[0],
          text: replies[0] ? plainText(replies[0].text) : '有问题可以问客服',
          unread: replies.filter((message) => !message.read).length,
          open: () => phone.go('chat', { appid: app.appid }),
        }),
      );
    }
    rows.push(...wecomRows(phone, row));
    list.replaceChildren(...rows);
  };
  update();
  return { update };
}

/** A service or subscription account: its last message, whatever kind it is. */
function accountRow(phone, app) {
  const messages = phone.messages.filter((message) => message.appid === app.appid && (message.kind !== 'subscribe' || message.inChat));
  return row({
    icon: badge(app.name, 'round'),
    title: app.name,
    last: messages[0],
    text: messages[0] ? plainText(messages[0].title ?? messages[0].text) : app.kind === 'service_account' ? '服务号' : '公众号',
    unread: messages.filter((message) => !message.read).length,
    open: () => phone.go('account', { appid: app.appid }),
  });
}

function row({ icon, title, last, text, unread, open }) {
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', class: 'row', onclick: open },
      h('span', { class: 'row-icon' }, icon, unread ? h('span', { class: 'dot', 'aria-label': `${unread} 条未读` }, String(Math.min(unread, 99))) : null),
      h('span', { class: 'row-main' }, h('span', { class: 'row-title' }, title), h('span', { class: 'row-text' }, text)),
      last ? h('time', { class: 'row-time' }, shortTime(last.at)) : null,
    ),
  );
}
