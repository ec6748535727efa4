// Rules of an official account's menu.

export interface MenuButton {
  name: string;
  /** click, view, miniprogram, article, scancode_push, scancode_waitmsg, …; '' when it only opens its children. */
  type: string;
  /** What tapping gives: a key, an address, a page of the mini program, an article's id. */
  value: string;
  appId?: string;
  /** For clients too old for mini programs. */
  fallbackUrl?: string;
  children: MenuButton[];
}

export interface MenuProblem {
  field: string;
  problem: 'too_many' | 'required' | 'too_long' | 'bad_format';
  message: string;
  more?: Record<string, unknown>;
}

const TYPES = new Set(['click', 'view', 'miniprogram', 'article', 'scancode_push', 'scancode_waitmsg', 'pic_sysphoto', 'pic_photo_or_album', 'pic_weixin', 'location_select']);
const BYTES = { top: 16, sub: 60 };

/** The first thing wrong with a menu, or undefined. Fields read like `buttons.0.children.2.name`. */
export function menuProblem(buttons: readonly MenuButton[]): MenuProblem | undefined {
  if (buttons.length === 0) return { field: 'buttons', problem: 'required', message: 'A menu has at least one button. To take it away, remove the menu.' };
  if (buttons.length > 3) return { field: 'buttons', problem: 'too_many', message: 'A menu has at most 3 buttons. Put the others below one of them.', more: { max: 3 } };
  return firstOf(buttons, (button, index) => buttonProblem(button, `buttons.${index}`, BYTES.top) ?? childrenProblem(button, `buttons.${index}`));
}

function childrenProblem({ children }: MenuButton, place: string): MenuProblem | undefined {
  if (children.length > 5) return { field: `${place}.children`, problem: 'too_many', message: 'A button has at most 5 below it.', more: { max: 5 } };
  return firstOf(children, (child, index) => {
    if (child.children.length > 0) return { field: `${place}.children.${index}.children`, problem: 'too_many', message: 'A menu has two levels only.' };
    return buttonProblem(child, `${place}.children.${index}`, BYTES.sub);
  });
}

function buttonProblem(button: MenuButton, place: string, maxBytes: number): MenuProblem | undefined {
  const name = button.name.trim();
  if (name === '') return { field: `${place}.name`, problem: 'required', message: 'Give the button a name.' };
  if (Buffer.byteLength(name) > maxBytes) return { field: `${place}.name`, problem: 'too_long', message: `The name has at most ${maxBytes} bytes; a Chinese character has three.`, more: { max: maxBytes } };
  if (button.children.length > 0) return undefined;
  if (!TYPES.has(button.type)) return { field: `${place}.type`, problem: 'bad_format', message: `Choose one of ${[...TYPES].join(', ')}.` };
  if (button.value.trim() === '') return { field: `${place}.value`, problem: 'required', message: 'Say what the button opens.' };
  if (button.type === 'view' && !/^https?:\/\/\S+$/u.test(button.value)) return { field: `${place}.value`, problem: 'bad_format', message: 'Enter an address that begins with https://.' };
  if (button.type === 'miniprogram' && !/^wx\w{6,}$/u.test(button.appId ?? '')) return { field: `${place}.appId`, problem: 'required', message: 'Enter the AppID of the linked mini program.' };
  return undefined;
}

function firstOf<T>(items: readonly T[], judge: (item: T, index: number) => MenuProblem | undefined): MenuProblem | undefined {
  for (const [index, item] of items.entries()) {
    const problem = judge(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
