// Who follows an official account: the list in pages, and what the account may know of each.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface FollowerPage {
  total: number;
  openids: string[];
  /** '' at the end. */
  next: string;
}

export interface FollowerInfo {
  openid: string;
  isFollowing: boolean;
  unionId: string | undefined;
  followedAt: Date | undefined;
  /** ADD_SCENE_…: how they found the account. Open: new words appear. */
  how: string;
  /** The value of the scene code they followed by. */
  scene: string;
  remark: string;
  tagIds: number[];
}

/** So many the platform takes in one question. */
export const INFO_BATCH = 100;

export class Followers {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** Up to 10,000 openids after `after` ('' for the first page). */
  page(after: string, token: string): Promise<PlatformResult<FollowerPage>> {
    const query = { access_token: token, ...(after === '' ? {} : { next_openid: after }) };
    return this.client.ask({ path: '/cgi-bin/user/get', query }, pageOf);
  }

  /** At most 100 at once; who no longer follows comes back as such. */
  infos(openids: readonly string[], token: string): Promise<PlatformResult<FollowerInfo[]>> {
    const body = { user_list: openids.map((openid) => ({ openid, lang: 'zh_CN' })) };
    return this.client.ask({ path: '/cgi-bin/user/info/batchget', query: { access_token: token }, body }, ({ user_info_list: list }) =>
      Array.isArray(list) ? list.flatMap((one: unknown) => infoOf(one) ?? []) : undefined);
  }

  /** The account's own note on a follower, shorter than 30 characters. */
  setRemark(openid: string, remark: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/user/info/updateremark', query: { access_token: token }, body: { openid, remark } }, () => true);
  }

  /** Who has a tag of the account, in pages of 10,000. */
  taggedPage(tagId: number, after: string, token: string): Promise<PlatformResult<FollowerPage>> {
    return this.client.ask({ path: '/cgi-bin/user/tag/get', query: { access_token: token }, body: { tagid: tagId, next_openid: after } }, pageOf);
  }
}

function pageOf(json: Record<string, unknown>): FollowerPage | undefined {
  const count = Number(json['count']);
  if (!Number.isInteger(count)) return undefined;
  const data = json['data'] as { openid?: unknown } | undefined;
  const openids = Array.isArray(data?.openid) ? data.openid.filter((one): one is string => typeof one === 'string') : [];
  // An empty page is the end, whatever stands in next_openid.
  return { total: Number(json['total']) || 0, openids, next: openids.length === 0 ? '' : wordOf(json['next_openid']) };
}

function infoOf(value: unknown): FollowerInfo | undefined {
  if (!isBody(value)) return undefined;
  const row: Record<string, unknown> = value;
  const openid = wordOf(row['openid']);
  if (openid === '') return undefined;
  const second = Number(row['subscribe_time']);
  const tags: unknown = row['tagid_list'];
  return {
    openid,
    isFollowing: Number(row['subscribe']) === 1,
    unionId: wordOf(row['unionid']) || undefined,
    followedAt: second > 0 ? new Date(second * 1000) : undefined,
    how: wordOf(row['subscribe_scene']),
    scene: wordOf(row['qr_scene_str']) || noZero(wordOf(row['qr_scene'])),
    remark: wordOf(row['remark']),
    tagIds: Array.isArray(tags) ? tags.map(Number).filter(Number.isInteger) : [],
  };
}

/** A follower without a numbered scene code has scene 0. */
const noZero = (text: string): string => (text === '0' ? '' : text);
