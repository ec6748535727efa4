// The tags that an official account keeps at WeChat.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface AccountTag {
  id: number;
  name: string;
  count: number;
}

/** So many followers one call tags. */
export const TAGGING_BATCH = 50;
/** The first ids are the platform's own (starred, blocked). */
export const FIRST_OWN_TAG = 100;

export class AccountTags {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  list(token: string): Promise<PlatformResult<AccountTag[]>> {
    return this.client.ask({ path: '/cgi-bin/tags/get', query: { access_token: token } }, ({ tags }) =>
      Array.isArray(tags) ? tags.flatMap((one: unknown) => tagOf(one) ?? []) : undefined);
  }

  create(name: string, token: string): Promise<PlatformResult<AccountTag>> {
    return this.client.ask({ path: '/cgi-bin/tags/create', query: { access_token: token }, body: { tag: { name } } }, ({ tag }) => tagOf(tag));
  }

  delete(id: number, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/tags/delete', query: { access_token: token }, body: { tag: { id } } }, () => true);
  }

  /** At most 50 followers at once. */
  put(id: number, openids: readonly string[], token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/tags/members/batchtagging', query: { access_token: token }, body: { openid_list: openids, tagid: id } }, () => true);
  }

  take(id: number, openids: readonly string[], token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/tags/members/batchuntagging', query: { access_token: token }, body: { openid_list: openids, tagid: id } }, () => true);
  }
}

function tagOf(value: unknown): AccountTag | undefined {
  if (!isBody(value)) return undefined;
  const row: Record<string, unknown> = value;
  const id = Number(row['id']);
  return Number.isInteger(id) ? { id, name: wordOf(row['name']), count: Number(row['count']) || 0 } : undefined;
}
