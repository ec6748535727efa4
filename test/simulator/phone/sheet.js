import { badge, h } from './dom.js';

/** Shows the subscription sheet over the program. Answers a choice per template and whether to keep it. */
export function askSubscription(root, app, templates) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const boxes = new Map();
    const single = templates.length === 1;
    const always = h('input', { type: 'checkbox' });
    const finish = (allow) => {
      const answers = {};
      for (const { priTmplId } of templates) answers[priTmplId] = allow && (single || boxes.get(priTmplId).checked) ? 'accept' : 'reject';
      cover.remove();
      before?.focus?.();
      resolve({ answers, always: always.checked });
    };
    const items = templates.map((template) => {
      const box = h('input', { type: 'checkbox', checked: true, 'aria-label': template.title });
      boxes.set(template.priTmplId, box);
      return h('li', {}, single ? h('span', { class: 'sheet-title' }, template.title) : h('label', {}, box, h('span', { class: 'sheet-title' }, template.title)), example(template));
    });
    const allow = h('button', { type: 'button', class: 'allow', onclick: () => finish(true) }, '允许');
    const cover = h(
      'div',
      { class: 'cover', onkeydown: (event) => event.key === 'Escape' && finish(false) },
      h(
        'section',
        { class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-label': '订阅消息' },
        h('p', { class: 'sheet-app' }, badge(app.name, 'round'), `${app.name} 申请`),
        h('h3', {}, single ? '向你发送以下消息' : '向你发送以下消息，可多选'),
        h('ul', {}, items),
        h('label', { class: 'always' }, always, '总是保持以上选择，不再询问'),
        h('div', { class: 'sheet-buttons' }, h('button', { type: 'button', class: 'cancel', onclick: () => finish(false) }, '取消'), allow),
      ),
    );
    root.append(cover);
    allow.focus();
  });
}

/** What such a message will look like. */
function example(template) {
  return h('details', {}, h('summary', { 'aria-label': `${template.title} 的示例` }, '示例'), h('pre', {}, template.example.trim()));
}
