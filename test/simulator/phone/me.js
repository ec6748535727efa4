import { badge, h, topBar } from './dom.js';
import { tabBar } from './tabs.js';

/** Who holds this phone, and the way to each program's notice settings. */
export function showMe(root, phone) {
  const body = h('div', { class: 'scroll' });
  root.append(topBar('我'), body, tabBar(phone, 'me'));
  const update = () => {
    const { person } = phone;
    if (!person) return body.replaceChildren(h('p', { class: 'empty' }, '先新建一位顾客'));
    const rows = phone.apps.filter((app) => app.kind === 'mini_program').map((app) =>
      h(
        'li',
        {},
        h('button', { type: 'button', class: 'row', onclick: () => phone.go('settings', { appid: app.appid }) }, badge(app.name), h('span', { class: 'row-main' }, h('span', { class: 'row-title' }, `${app.name} 通知设置`)), h('span', { class: 'chevron', 'aria-hidden': 'true' }, '›')),
      ),
    );
    return body.replaceChildren(
      h('div', { class: 'owner' }, badge(person.name), h('div', {}, h('strong', {}, person.name), h('small', {}, `编号：${person.id}`))),
      h('ul', { class: 'rows' }, rows),
    );
  };
  update();
  return { update };
}
