import { api } from './api.js';
import { badge, h, shortTime, topBar } from './dom.js';
import { publicPath } from './pages.js';

const GAP_MS = 300_000;

/** The conversation with the customer service of one program. */
export function showChat(root, phone, { appid, sessionFrom = '' }) {
  const app = phone.app(appid);
  const list = h('div', { class: 'scroll chat', role: 'log', 'aria-label': '客服对话' });
  const input = h('input', { type: 'text', 'aria-label': '输入消息', placeholder: '输入消息', autocomplete: 'off', maxlength: '500' });
  const send = async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    await api.say(phone.person.id, appid, text);
    await update();
  };
  root.append(topBar(`${app.name} 客服`, () => phone.back()), list, h('form', { class: 'composer', onsubmit: send }, input, h('button', { type: 'submit' }, '发送')));
  let count = -1;
  async function update() {
    const lines = await api.chat(phone.person.id, appid);
    if (lines.length === count) return;
    count = lines.length;
    list.replaceChildren(...bubbles(phone, app, lines));
    if (lines.length === 0) list.append(h('p', { class: 'empty' }, '您好，请问有什么可以帮您？'));
    list.scrollTop = list.scrollHeight;
    await markRead(phone, appid);
  }
  void api.enter(phone.person.id, appid, sessionFrom).then(update);
  return { update: () => void update() };
}

async function markRead(phone, appid) {
  const messages = await api.inbox(phone.person.id);
  const unread = messages.filter((message) => message.kind === 'custom' && message.appid === appid && !message.read);
  for (const message of unread) await api.tap(phone.person.id, message.id);
}

function bubbles(phone, app, lines) {
  let last = -Infinity;
  return lines.flatMap((line) => {
    const stamp = line.at - last > GAP_MS ? [h('time', { class: 'stamp' }, shortTime(line.at))] : [];
    last = line.at;
    if (line.from === 'system') return [...stamp, h('p', { class: 'system' }, line.text)];
    const mine = line.from === 'me';
    const face = badge(mine ? phone.person.name : app.name);
    return [...stamp, h('div', { class: `bubble ${line.from}` }, face, h('p', {}, ...spoken(line, () => tap(phone, app, line.messageId))))];
  });
}

/** Opens the page a message points to. */
async function tap(phone, app, messageId) {
  const { page } = await api.tap(phone.person.id, messageId);
  phone.go('program', { appid: app.appid, path: publicPath(app, page) });
}

/** The text of a line. What can be tapped is a button: the words of its link, or the whole text of a card. */
function spoken({ text, messageId }, open) {
  if (messageId === undefined) return [text];
  const parts = text.split(/<a [^>]*>(.*?)<\/a>/);
  const link = (words) => h('button', { type: 'button', class: 'link', onclick: () => void open() }, words);
  return parts.length === 1 ? [link(text)] : parts.map((part, index) => (index % 2 ? link(part) : part));
}
