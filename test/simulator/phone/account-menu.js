import { accounts } from './account-api.js';
import { api } from './api.js';
import { h } from './dom.js';
import { publicPath } from './pages.js';

/** The foot of an account's chat: its menu when it has one, and a field for words. */
export function menuBar(phone, app, { buttons, said }) {
  const foot = h('div', {});
  const showMenu = () => foot.replaceChildren(menu(phone, app, { buttons, write: showField, said }));
  const showField = () => foot.replaceChildren(field(phone, app, { back: buttons.length ? showMenu : null, said }));
  if (buttons.length) showMenu();
  else showField();
  return foot;
}

function field(phone, app, { back, said }) {
  const input = h('input', { type: 'text', 'aria-label': '输入消息', placeholder: '输入消息', autocomplete: 'off', maxlength: '500' });
  const send = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    await api.say(phone.person.id, app.appid, text);
    await said();
  };
  const toMenu = back ? h('button', { type: 'button', class: 'turn', 'aria-label': '显示菜单', onclick: back }, '☰') : null;
  return h('form', { class: 'composer', onsubmit: send }, toMenu, input, h('button', { type: 'submit' }, '发送'));
}

function menu(phone, app, { buttons, write, said }) {
  const sheet = h('div', { class: 'menu-sheet', role: 'menu', hidden: true });
  const tap = async (at) => {
    sheet.hidden = true;
    const { page, appid, event } = await accounts.tapMenu(phone.person.id, app.appid, at);
    if (event !== 'VIEW' && event !== 'view_miniprogram') return said();
    const target = phone.app(appid) ?? app;
    return phone.go('program', { appid: target.appid, path: publicPath(target, page) });
  };
  const open = (top, i) => {
    const below = Array.isArray(top.sub_button) ? top.sub_button : [];
    if (below.length === 0) return tap([i]);
    const same = !sheet.hidden && sheet.dataset.of === String(i);
    sheet.dataset.of = String(i);
    sheet.replaceChildren(...below.map((one, j) => h('button', { type: 'button', role: 'menuitem', onclick: () => void tap([i, j]) }, one.name)));
    sheet.hidden = same;
    return undefined;
  };
  const tops = buttons.map((top, i) => h('button', { type: 'button', 'aria-haspopup': top.sub_button?.length ? 'menu' : null, onclick: () => void open(top, i) }, top.name));
  const keyboard = h('button', { type: 'button', class: 'turn', 'aria-label': '输入文字', onclick: write }, '⌨');
  return h('div', { class: 'account-menu' }, sheet, h('nav', { 'aria-label': '公众号菜单' }, keyboard, tops));
}
