import { api } from './api.js';
import { h } from './dom.js';
import { publicPath } from './pages.js';
import { askSubscription } from './sheet.js';

/** A mini program that is open: its page in a frame, under the client's bar. */
export function showProgram(root, phone, { appid, path }) {
  const app = phone.app(appid);
  const frame = h('iframe', { class: 'webview', title: app.name });
  const address = (to) => `/sim/webview?${new URLSearchParams({ url: to, person: phone.person.id, appid })}`;
  const open = (to) => frame.contentWindow.location.replace(address(to));
  frame.src = address(path);
  const title = h('h2', {}, app.name);
  frame.addEventListener('load', () => {
    // A page that came without the client's script is opened again with it.
    const view = frame.contentWindow;
    if (view.location.href === 'about:blank') return;
    if (!view.wx) open(view.location.pathname + view.location.search);
    else if (view.document.title) title.textContent = view.document.title;
  });
  const menu = h('div', { class: 'menu', hidden: true });
  const entry = (label, run) => h('button', { type: 'button', onclick: () => ((menu.hidden = true), run()) }, label);
  menu.append(
    entry('联系客服', () => phone.go('chat', { appid })),
    entry('通知设置', () => phone.go('settings', { appid })),
    entry('重新进入小程序', () => open(app.homePath)),
    entry('刷新页面', () => open(frame.contentWindow.location.pathname + frame.contentWindow.location.search)),
  );
  const more = h('button', { type: 'button', 'aria-label': '更多', onclick: () => (menu.hidden = !menu.hidden) }, '•••');
  const close = h('button', { type: 'button', 'aria-label': '关闭小程序', onclick: () => phone.back() }, '◎');
  root.append(h('header', { class: 'topbar program-bar' }, title, h('div', { class: 'capsule' }, more, close)), frame, menu);
  listen(root, phone, { app, frame, open });
  return {};
}

/** Answers the calls a page makes to the client around it, as long as this program is open. */
function listen(root, phone, { app, frame, open }) {
  const answer = async (name, args) => {
    if (name === 'requestSubscribeMessage') return prompt(root, phone, app, args.tmplIds);
    if (name === 'navigate') return navigate(phone, app, args, open);
    return { errCode: 10004, errMsg: `${name}:fail not supported` };
  };
  const onMessage = (event) => {
    if (!frame.isConnected) window.removeEventListener('message', onMessage);
    if (event.source !== frame.contentWindow || event.data?.kind !== 'phone-call') return;
    const { call, name, args } = event.data;
    void answer(name, args).then((result) => frame.contentWindow?.postMessage({ kind: 'phone-answer', call, result }, location.origin));
  };
  window.addEventListener('message', onMessage);
}

async function prompt(root, phone, app, templateIds) {
  const { id } = phone.person;
  try {
    const plan = await api.plan(id, app.appid, templateIds);
    if (plan.errCode) return plan;
    const choice = plan.ask.length === 0 ? { answers: {}, always: false } : await askSubscription(root, app, plan.ask);
    return await api.answer(id, { appid: app.appid, templateIds, ...choice });
  } catch (error) {
    return { errCode: 10002, errMsg: `requestSubscribeMessage:fail ${error.message}` };
  }
}

function navigate(phone, app, { how, url }, open) {
  if (how === 'navigateBack') phone.back();
  else open(publicPath(app, url.replace(/^\/(?=pages\/)/, '')));
  return {};
}
