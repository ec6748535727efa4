// Moments (客户朋友圈): a task that employees publish by hand.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface MomentPost {
  text: string;
  /** Empty for everybody who has the feature. */
  employees: readonly string[];
  /** Only for contacts with one of these corp tags; for all when empty. */
  tagIds: readonly string[];
}

export interface MomentJob {
  state: 'started' | 'making' | 'done' | 'failed';
  momentId: string;
  code: number;
}

const BASE = '/cgi-bin/externalcontact';

export class Moments {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** The id of the job that makes it. */
  add({ text, employees, tagIds }: MomentPost, token: string): Promise<PlatformResult<string>> {
    const range = {
      ...(employees.length > 0 ? { sender_list: { user_list: employees } } : {}),
      ...(tagIds.length > 0 ? { external_contact_list: { tag_list: tagIds } } : {}),
    };
    const body = { text: { content: text }, ...(Object.keys(range).length > 0 ? { visible_range: range } : {}) };
    return this.client.ask({ path: `${BASE}/add_moment_task`, query: { access_token: token }, body }, ({ jobid }) => wordOf(jobid) || undefined);
  }

  job(jobId: string, token: string): Promise<PlatformResult<MomentJob>> {
    return this.client.ask({ path: `${BASE}/get_moment_task_result`, query: { access_token: token, jobid: jobId } }, ({ status, result }) => {
      const end: Record<string, unknown> = isBody(result) ? result : {};
      const code = Number(end['errcode'] ?? 0);
      const state = ({ 1: 'started', 2: 'making', 3: code === 0 ? 'done' : 'failed' } as const)[Number(status) as 1 | 2 | 3];
      return state === undefined ? undefined : { state, momentId: wordOf(end['moment_id']), code };
    });
  }

  /** How many employees have published it, and how many were asked: one page of them. */
  published(momentId: string, cursor: string, token: string): Promise<PlatformResult<{ published: number; asked: number; next: string }>> {
    const body = { moment_id: momentId, cursor, limit: 1_000 };
    return this.client.ask({ path: `${BASE}/get_moment_task`, query: { access_token: token }, body }, (json) => {
      const list = json['task_list'];
      if (!Array.isArray(list)) return undefined;
      const published = list.filter((one: unknown) => isBody(one) && wordOf(one['publish_status']) === '1').length;
      return { published, asked: list.length, next: wordOf(json['next_cursor']) };
    });
  }

  cancel(momentId: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${BASE}/cancel_moment_task`, query: { access_token: token }, body: { moment_id: momentId } }, () => true);
  }
}
