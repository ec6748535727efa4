import { h } from './dom.js';
import { fieldsOf } from './pages.js';

const kinds = { subscribe: '订阅通知', template: '模板消息', post: '群发' };

/** A message of an official account that is more than words: a notice with its fields, or a post. */
export function accountCard(app, message, open) {
  const template =
    message.kind === 'template' ? app.messageTemplates.find((one) => one.templateId === message.templateId) : app.templates.find((one) => one.priTmplId === message.templateId);
  const labels = new Map(fieldsOf(template).map((field) => [field.key, field.label]));
  const fields = Object.entries(message.data ?? {}).map(([key, value]) => h('div', {}, h('dt', {}, labels.get(key) ?? key), h('dd', {}, value)));
  return h(
    'article',
    { class: `account-card ${message.kind}`, 'aria-label': `${kinds[message.kind]}：${message.title}` },
    h('h3', {}, message.title),
    fields.length ? h('dl', {}, fields) : null,
    message.page === undefined ? null : h('button', { type: 'button', class: 'notice-open', onclick: open }, '查看详情', h('span', { 'aria-hidden': 'true' }, '›')),
  );
}
