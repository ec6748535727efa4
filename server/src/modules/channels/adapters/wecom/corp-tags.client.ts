// The corp's tags. They hang on a pair of employee and contact, and an app may change only those it made.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface CorpTag {
  id: string;
  name: string;
  groupId: string;
  groupName: string;
  place: number;
}

const BASE = '/cgi-bin/externalcontact';

export class CorpTags {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  list(token: string): Promise<PlatformResult<CorpTag[]>> {
    const body = { tag_id: [], group_id: [] };
    return this.client.ask({ path: `${BASE}/get_corp_tag_list`, query: { access_token: token }, body }, ({ tag_group: groups }) =>
      Array.isArray(groups) ? groups.flatMap((group: unknown) => tagsOf(group)) : undefined);
  }

  /** Into a group of this name, which is made when there is none. */
  add(groupName: string, names: readonly string[], token: string): Promise<PlatformResult<CorpTag[]>> {
    const body = { group_name: groupName, tag: names.map((name) => ({ name })) };
    return this.client.ask({ path: `${BASE}/add_corp_tag`, query: { access_token: token }, body }, ({ tag_group: group }) => (isBody(group) ? tagsOf(group) : undefined));
  }

  rename(id: string, name: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${BASE}/edit_corp_tag`, query: { access_token: token }, body: { id, name } }, () => true);
  }

  delete(ids: readonly string[], token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${BASE}/del_corp_tag`, query: { access_token: token }, body: { tag_id: ids } }, () => true);
  }

  /** Puts tags on a contact of this employee, and takes others off. */
  mark(pair: { employee: string; externalId: string }, change: { add?: readonly string[]; remove?: readonly string[] }, token: string): Promise<PlatformResult<true>> {
    const body = { userid: pair.employee, external_userid: pair.externalId, add_tag: change.add ?? [], remove_tag: change.remove ?? [] };
    return this.client.ask({ path: `${BASE}/mark_tag`, query: { access_token: token }, body }, () => true);
  }
}

function tagsOf(group: unknown): CorpTag[] {
  if (!isBody(group)) return [];
  const { group_id: groupId, group_name: groupName, tag: tags }: Record<string, unknown> = group;
  if (!Array.isArray(tags)) return [];
  return tags.flatMap((tag: unknown) => {
    if (!isBody(tag) || wordOf(tag['id']) === '') return [];
    return [{ id: wordOf(tag['id']), name: wordOf(tag['name']), groupId: wordOf(groupId), groupName: wordOf(groupName), place: Number(tag['order']) || 0 }];
  });
}
