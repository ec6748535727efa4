// Ways into a mini program from outside: links for browsers and texts, and the code for print.
import type { PlatformFailure, PlatformResult } from '../../adapter.js';
import { failureOf } from '../wechat/wechat.errors.js';
import { silent, wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface InnerPage {
  /** Without a leading slash and without a query; it must be in the released version. */
  path: string;
  /** At most 1024 characters that an address may hold. */
  query: string;
}

/** The platform lets no link live longer. */
export const LINK_DAYS = 30;

export class EntryAddresses {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** For browsers and text messages outside WeChat: weixin://… */
  scheme({ path, query }: InnerPage, token: string): Promise<PlatformResult<string>> {
    const body = { jump_wxa: { path, query, env_version: 'release' }, is_expire: true, expire_type: 1, expire_interval: LINK_DAYS };
    return this.client.ask({ path: '/wxa/generatescheme', query: { access_token: token }, body }, (json) => wordOf(json['openlink']) || undefined);
  }

  /** Works inside and outside WeChat: https://wxaurl.cn/… */
  urlLink({ path, query }: InnerPage, token: string): Promise<PlatformResult<string>> {
    const body = { path, query, env_version: 'release', expire_type: 1, expire_interval: LINK_DAYS };
    return this.client.ask({ path: '/wxa/generate_urllink', query: { access_token: token }, body }, (json) => wordOf(json['url_link']) || undefined);
  }

  /** For chats inside WeChat; only e-commerce categories may. A title has at most 20 characters. */
  shortLink({ path, query }: InnerPage, title: string, token: string): Promise<PlatformResult<string>> {
    const body = { page_url: query === '' ? path : `${path}?${query}`, page_title: Array.from(title).slice(0, 20).join(''), is_permanent: false };
    return this.client.ask({ path: '/wxa/genwxashortlink', query: { access_token: token }, body }, (json) => wordOf(json['link']) || undefined);
  }

  /** The round code as a picture. `scene`: 1 to 32 of the characters that `isScene` allows. Lives for ever. */
  async code(options: { scene: string; page: string; width: number }, token: string): Promise<PlatformResult<Buffer>> {
    const body = { scene: options.scene, page: options.page, check_path: true, env_version: 'release', width: options.width };
    const answer = await this.client.picture({ path: '/wxa/getwxacodeunlimit', query: { access_token: token }, body });
    if (answer.got === 'picture') return { ok: true, value: answer.bytes };
    return noPicture(answer);
  }
}

function noPicture(answer: { got: 'answer'; errcode: number; errmsg: string } | { got: 'silence'; reached: boolean; detail: string }): PlatformFailure {
  if (answer.got === 'silence') return silent(answer);
  return answer.errcode === 0 ? silent({ reached: true, detail: 'neither picture nor error' }) : failureOf(answer.errcode, answer.errmsg);
}

/** What a mini program code can carry. */
export const isScene = (text: string): boolean => /^[0-9a-zA-Z!#$&'()*+,/:;=?@\-._~]{1,32}$/u.test(text);
