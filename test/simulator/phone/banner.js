import { badge, h, plainText } from './dom.js';
import { phone } from './phone.js';

const SHOWN_MS = 5000;
let timer;

/** Lets a new message slide in at the top, unless it is on the open screen already. */
export function showBanner(message) {
  const { name, args } = phone.place;
  const isNotice = message.kind === 'subscribe' && !message.inChat;
  const isAccount = phone.app(message.appid)?.kind !== 'mini_program';
  if ((isNotice && name === 'notices') || (!isNotice && (name === 'chat' || name === 'account') && args.appid === message.appid)) return;
  const banner = document.getElementById('banner');
  const text = plainText(message.title ?? message.text);
  const open = () => {
    banner.replaceChildren();
    if (isNotice) phone.go('notices');
    else phone.go(isAccount ? 'account' : 'chat', { appid: message.appid });
  };
  banner.replaceChildren(
    h(
      'button',
      { type: 'button', onclick: open },
      badge(message.appName),
      h('span', { class: 'banner-text' }, h('strong', {}, isNotice ? '服务通知' : isAccount ? message.appName : `${message.appName} 客服`), h('span', {}, text)),
    ),
  );
  clearTimeout(timer);
  timer = setTimeout(() => banner.replaceChildren(), SHOWN_MS);
}
