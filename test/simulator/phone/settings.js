import { api } from './api.js';
import { h, topBar } from './dom.js';

/** Which notices of a program the person takes: the main switch and one per template. */
export function showSettings(root, phone, { appid }) {
  const app = phone.app(appid);
  const body = h('div', { class: 'scroll' });
  root.append(topBar('订阅消息', () => phone.back()), body);
  const load = async () => {
    const settings = await api.settings(phone.person.id, appid);
    const change = async (more) => {
      await api.change(phone.person.id, { appid, ...more });
      await load();
    };
    const main = toggle('接收订阅消息', settings.mainSwitch, (on) => change({ mainSwitch: on }));
    const items = app.templates.map((template) => {
      const id = template.priTmplId;
      const kept = settings.itemSettings[id];
      const left = settings.remaining[id] ?? 0;
      const note = kept ? (kept === 'accept' ? '总是接收' : '总是拒绝') : '每次询问';
      return toggle(template.title, kept !== 'reject', (on) => change({ templateId: id, status: on ? 'accept' : 'reject' }), `${note} · 还可收到 ${left === 'unlimited' ? '不限' : left} 条`);
    });
    body.replaceChildren(
      h('p', { class: 'hint' }, `“${app.name}”可以向你发送的消息`),
      h('ul', { class: 'rows', 'aria-label': '通知设置' }, main, ...(settings.mainSwitch ? items : [])),
    );
  };
  void load();
  return {};
}

function toggle(label, on, change, note) {
  return h(
    'li',
    {},
    h(
      'label',
      { class: 'row' },
      h('span', { class: 'row-main' }, h('span', { class: 'row-title' }, label), note ? h('span', { class: 'row-text' }, note) : null),
      h('input', { type: 'checkbox', role: 'switch', class: 'switch', 'aria-label': label, checked: on, onchange: (event) => change(event.target.checked) }),
    ),
  );
}
