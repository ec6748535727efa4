// The menu under an official account's chat, in the platform's words and ours.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';
import type { MenuButton } from './menu.js';

// The platform's answer when there is no menu.
const NO_MENU = 46003;

export class Menus {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** The menu as it stands; empty when there is none. */
  async read(token: string): Promise<PlatformResult<MenuButton[]>> {
    const result = await this.client.ask({ path: '/cgi-bin/menu/get', query: { access_token: token } }, ({ menu }) =>
      isBody(menu) ? buttonsOf((menu as Record<string, unknown>)['button']) : undefined);
    return !result.ok && result.code === NO_MENU ? { ok: true, value: [] } : result;
  }

  publish(buttons: readonly MenuButton[], token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/menu/create', query: { access_token: token }, body: { button: buttons.map(bodyOf) } }, () => true);
  }

  remove(token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/menu/delete', query: { access_token: token } }, () => true);
  }
}

function bodyOf(button: MenuButton): Record<string, unknown> {
  const { name, type } = button;
  if (button.children.length > 0) return { name, sub_button: button.children.map(bodyOf) };
  switch (type) {
    case 'view':
      return { name, type, url: button.value };
    case 'miniprogram':
      return { name, type, url: button.fallbackUrl ?? '', appid: button.appId ?? '', pagepath: button.value };
    case 'article':
      return { name, type: 'article_id', article_id: button.value };
    default:
      return { name, type, key: button.value };
  }
}

function buttonsOf(value: unknown): MenuButton[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((one) => isBody(one)).map((row: Record<string, unknown>) => {
    const type = wordOf(row['type']);
    const base = { name: wordOf(row['name']), children: buttonsOf(row['sub_button']) ?? [] };
    if (type === 'view') return { ...base, type, value: wordOf(row['url']) };
    if (type === 'miniprogram') return { ...base, type, value: wordOf(row['pagepath']), appId: wordOf(row['appid']), fallbackUrl: wordOf(row['url']) };
    if (type === 'article_id') return { ...base, type: 'article', value: wordOf(row['article_id']) };
    return { ...base, type, value: wordOf(row['key']) };
  });
}
