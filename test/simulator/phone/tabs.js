import { h } from './dom.js';

const tabs = [
  ['chats', '微信', 'M4 5h16v11H9l-4 4v-4H4z'],
  ['programs', '小程序', 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z'],
  ['me', '我', 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 20c0-4 4-6 8-6s8 2 8 6z'],
];

/** The bar at the bottom of the main screens. */
export function tabBar(phone, active) {
  return h(
    'nav',
    { class: 'tabs', 'aria-label': '主导航' },
    tabs.map(([name, label, path]) => {
      const button = h('button', { type: 'button', 'aria-current': name === active ? 'page' : null, onclick: () => phone.go(name) });
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
      button.append(h('span', {}, label));
      return button;
    }),
  );
}
