// The accounts of WeChat Customer Service, their links, and what was said in them since a cursor.
import type { PlatformResult } from '../../adapter.js';
import { isBody, type Body } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface KfAccountFact {
  externalId: string;
  name: string;
  avatarUrl: string;
  isManaged: boolean;
}

export interface KfPage {
  cursor: string;
  hasMore: boolean;
  rows: Body[];
}

const PAGE = 100;
const MOST_PAGES = 50; // 5,000 accounts a corp
const ROWS = 1_000;

export class KfDesk {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** Every account this app may see. */
  async accounts(token: string): Promise<PlatformResult<KfAccountFact[]>> {
    const all: KfAccountFact[] = [];
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const listed = await this.client.ask({ path: '/cgi-bin/kf/account/list', query: { access_token: token }, body: { offset: page * PAGE, limit: PAGE } }, ({ account_list: list }) =>
        Array.isArray(list) ? list.filter(isBody).map(factOf) : undefined);
      if (!listed.ok) return listed;
      all.push(...listed.value);
      if (listed.value.length < PAGE) break;
    }
    return { ok: true, value: all };
  }

  /** A link that opens the chat with an account. @param scene up to 32 letters, digits, "_" or "-": told again when somebody enters by it */
  link(accountId: string, scene: string, token: string): Promise<PlatformResult<string>> {
    return this.client.ask({ path: '/cgi-bin/kf/add_contact_way', query: { access_token: token }, body: { open_kfid: accountId, scene } }, ({ url }) => wordOf(url) || undefined);
  }

  /** What was said after a cursor, up to a thousand rows. Without the token of a push the platform allows few such calls. */
  read(accountId: string, from: { cursor: string; syncToken: string | null }, token: string): Promise<PlatformResult<KfPage>> {
    const body = { open_kfid: accountId, limit: ROWS, voice_format: 0, ...(from.cursor === '' ? {} : { cursor: from.cursor }), ...(from.syncToken ? { token: from.syncToken } : {}) };
    return this.client.ask({ path: '/cgi-bin/kf/sync_msg', query: { access_token: token }, body }, (json) => {
      const [rows, cursor] = [json['msg_list'], wordOf(json['next_cursor'])];
      // A page may be empty and still have more behind it; only a cursor tells where to go on.
      if (cursor === '' && Number(json['has_more']) === 1) return undefined;
      return { cursor, hasMore: Number(json['has_more']) === 1, rows: Array.isArray(rows) ? rows.filter(isBody) : [] };
    });
  }
}

const factOf = (row: Record<string, unknown>): KfAccountFact => ({
  externalId: wordOf(row['open_kfid']), name: wordOf(row['name']), avatarUrl: wordOf(row['avatar']), isManaged: row['manage_privilege'] === true,
});
