/** Makes an element. `props` are attributes, `on*` listeners, or `class`; children may be texts, elements or null. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'checked' || name === 'value' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const hues = ['#07c160', '#fa7d3c', '#576b95', '#e64340', '#3d7eff', '#b07b39', '#6467f0', '#10aeff'];

/** A round or square sign with the first character of a name, always in the same colour. */
export function badge(name, shape = 'square') {
  const sum = [...name].reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  return h('span', { class: `badge ${shape}`, style: `background:${hues[sum % hues.length]}`, 'aria-hidden': 'true' }, [...name][0] ?? '?');
}

/** A time the way a chat list shows it. */
export function shortTime(at) {
  const date = new Date(at);
  const clock = `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`;
  const today = new Date().toDateString() === date.toDateString();
  return today ? clock : `${date.getMonth() + 1}月${date.getDate()}日 ${clock}`;
}

/** The top bar of a screen. */
export function topBar(title, onback) {
  return h(
    'header',
    { class: 'topbar' },
    onback ? h('button', { type: 'button', class: 'back', 'aria-label': '返回', onclick: onback }, '‹') : null,
    h('h2', {}, title),
  );
}

/** The words of a text that may hold links. */
export function plainText(text = '') {
  return text.replace(/<[^>]*>/g, '');
}
