import { badge, h, topBar } from './dom.js';
import { publicPath } from './pages.js';
import { tabBar } from './tabs.js';

/** Mini programs this phone can open, each at its home page or at a given page. */
export function showPrograms(root, phone) {
  const list = h('div', { class: 'scroll cards' });
  root.append(topBar('小程序'), list, tabBar(phone, 'programs'));
  let shown = '';
  const update = () => {
    const programs = phone.apps.filter((app) => app.kind === 'mini_program');
    const state = JSON.stringify(programs.map((app) => [app.appid, app.name, app.homePath]));
    if (state === shown) return;
    shown = state;
    list.replaceChildren(...programs.map((app) => card(phone, app)));
    if (programs.length === 0) list.append(h('p', { class: 'empty' }, '还没有小程序。商家接入后会出现在这里。'));
  };
  update();
  return { update };
}

function card(phone, app) {
  const open = (page) => phone.go('program', { appid: app.appid, path: publicPath(app, page) });
  const input = h('input', { type: 'text', 'aria-label': `${app.name} 的页面路径`, placeholder: '页面路径，如 /p/demo/e/abc', autocomplete: 'off' });
  const go = (event) => {
    event.preventDefault();
    open(input.value.trim());
  };
  return h(
    'section',
    { class: 'card', 'aria-label': app.name },
    h('button', { type: 'button', class: 'card-open', onclick: () => open('') }, badge(app.name), h('span', {}, h('strong', {}, h('span', { class: 'unseen' }, '打开 '), app.name), h('small', {}, app.homePath)), h('span', { class: 'chevron', 'aria-hidden': 'true' }, '›')),
    h('form', { class: 'address', onsubmit: go }, input, h('button', { type: 'submit', class: 'plain' }, '前往')),
  );
}
