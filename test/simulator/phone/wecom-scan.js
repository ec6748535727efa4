import { scanCode, scanPicture } from './camera.js';
import { h } from './dom.js';
import { isWecomCode, scanWecom } from './wecom-chats.js';

/** A field that takes the text of any code or link, as a camera would read it, or the picture of a code. */
export function scanForm(phone) {
  const input = h('input', { type: 'text', 'aria-label': '二维码、活码或链接', placeholder: '扫一扫：粘贴二维码内容或链接', autocomplete: 'off' });
  const note = h('p', { class: 'scan-note', role: 'status' });
  const scan = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!phone.person || text === '') return;
    try {
      note.textContent = await (isWecomCode(text) ? scanWecom(phone, text) : scanCode(phone, text));
      input.value = '';
    } catch {
      note.textContent = '没有识别到内容：码已失效，或链接余量不足';
    }
  };
  const picture = h('input', { type: 'file', accept: 'image/png', 'aria-label': '从相册选取二维码', onchange: () => void read() });
  const read = async () => {
    const [file] = picture.files;
    picture.value = '';
    if (!phone.person || !file) return;
    note.textContent = await scanPicture(phone, file).catch(() => '没有识别到内容');
  };
  return h('div', { class: 'scan' }, h('form', { class: 'scan-form', onsubmit: scan }, input, h('button', { type: 'submit', class: 'plain' }, '扫码')), h('label', { class: 'camera' }, '从相册选取二维码', picture), note);
}
