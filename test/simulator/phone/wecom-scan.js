import { h } from './dom.js';
import { isWecomCode, scanWecom } from './wecom-chats.js';

/** A field that takes the text of a live code or link, as a camera would read it. */
export function scanForm(phone) {
  const input = h('input', { type: 'text', 'aria-label': '企业微信活码或链接', placeholder: '粘贴活码、获客或客服链接', autocomplete: 'off' });
  const note = h('p', { class: 'scan-note', role: 'status' });
  const scan = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!phone.person || text === '') return;
    if (!isWecomCode(text)) {
      note.textContent = '这不是企业微信的活码或链接';
      return;
    }
    try {
      note.textContent = await scanWecom(phone, text);
      input.value = '';
    } catch {
      note.textContent = '活码已失效，或获客链接余量不足';
    }
  };
  return h('div', { class: 'scan' }, h('form', { class: 'scan-form', onsubmit: scan }, input, h('button', { type: 'submit', class: 'plain' }, '扫码')), note);
}
