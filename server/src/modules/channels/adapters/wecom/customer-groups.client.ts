// Customer groups: the list, one group with its members, and the codes by which people join.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface GroupMember {
  id: string;
  isContact: boolean;
  unionId: string | undefined;
  state: string;
  joinedAt: Date;
}

export interface CustomerGroup {
  id: string;
  name: string;
  owner: string;
  notice: string;
  version: string;
  createdAt: Date;
  members: GroupMember[];
}

const BASE = '/cgi-bin/externalcontact/groupchat';
const PAGE = 1_000;

export class CustomerGroups {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** Ids of normal groups, in pages. Without owners the platform lists all it sees, up to 1,000 owners. */
  page(owners: readonly string[], cursor: string, token: string): Promise<PlatformResult<{ ids: string[]; next: string }>> {
    const body = { status_filter: 0, ...(owners.length > 0 ? { owner_filter: { userid_list: owners } } : {}), cursor, limit: PAGE };
    return this.client.ask({ path: `${BASE}/list`, query: { access_token: token }, body }, (json) => {
      const list = json['group_chat_list'];
      if (!Array.isArray(list)) return undefined;
      const ids = list.map((one: unknown) => (isBody(one) ? wordOf(one['chat_id']) : '')).filter((id) => id !== '');
      return { ids, next: wordOf(json['next_cursor']) };
    });
  }

  detail(id: string, token: string): Promise<PlatformResult<CustomerGroup>> {
    return this.client.ask({ path: `${BASE}/get`, query: { access_token: token }, body: { chat_id: id, need_name: 1 } }, ({ group_chat: group }) => (isBody(group) ? groupOf(group) : undefined));
  }

  /** A QR code that lets people into one of at most five groups; the platform opens another when they are full. */
  async addJoinCode(way: { name: string; groupIds: readonly string[]; state: string }, token: string): Promise<PlatformResult<{ id: string; url: string }>> {
    const body = { scene: 2, remark: Array.from(way.name).slice(0, 30).join(''), auto_create_room: 1, chat_id_list: way.groupIds, state: way.state };
    const made = await this.client.ask({ path: `${BASE}/add_join_way`, query: { access_token: token }, body }, (json) => wordOf(json['config_id']) || undefined);
    if (!made.ok) return made;
    return this.client.ask({ path: `${BASE}/get_join_way`, query: { access_token: token }, body: { config_id: made.value } }, ({ join_way: found }) =>
      isBody(found) ? { id: made.value, url: wordOf(found['qr_code']) } : undefined);
  }

  deleteJoinCode(id: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${BASE}/del_join_way`, query: { access_token: token }, body: { config_id: id } }, () => true);
  }
}

function groupOf(group: Record<string, unknown>): CustomerGroup | undefined {
  const id = wordOf(group['chat_id']);
  const members: unknown = group['member_list'];
  if (id === '' || !Array.isArray(members)) return undefined;
  return {
    id, name: wordOf(group['name']), owner: wordOf(group['owner']), notice: wordOf(group['notice']), version: wordOf(group['member_version']),
    createdAt: dateOf(group['create_time']),
    members: members.flatMap((one: unknown) => (isBody(one) ? [memberOf(one)] : [])),
  };
}

const memberOf = (row: Record<string, unknown>): GroupMember => ({
  id: wordOf(row['userid']), isContact: Number(row['type']) === 2, unionId: wordOf(row['unionid']) || undefined, state: wordOf(row['state']), joinedAt: dateOf(row['join_time']),
});

const dateOf = (second: unknown): Date => new Date((Number(second) || 0) * 1000);
