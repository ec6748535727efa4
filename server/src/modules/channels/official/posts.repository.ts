// SQL of mass posts and publications.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { PostContent } from '../adapter.js';

export type MassPostState = 'sending' | 'accepted' | 'sent' | 'failed' | 'unknown' | 'deleted';

export interface MassPostRow {
  id: string;
  channelId: string;
  clientMsgId: string;
  reach: { everyone: true } | { tagId: number } | { people: number };
  content: PostContent;
  state: MassPostState;
  platformId: string | null;
  detail: string | null;
  problem: string | null;
  total: number | null;
  filtered: number | null;
  sent: number | null;
  failed: number | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export interface PostEnd {
  platformId: string;
  state: 'sent' | 'failed' | 'deleted';
  detail: string;
  total?: number;
  filtered?: number;
  sent?: number;
  failed?: number;
}

export interface PublicationRow {
  id: string;
  channelId: string;
  title: string;
  platformId: string;
  state: 'running' | 'published' | 'failed';
  articleId: string | null;
  detail: string | null;
  createdAt: Date;
}

const POST = `id, channel_id as "channelId", client_msg_id as "clientMsgId", reach, content, state, platform_id as "platformId", detail, problem,
  total, filtered, sent, failed, created_at as "createdAt", finished_at as "finishedAt"`;
const PUBLICATION = `id, channel_id as "channelId", title, platform_id as "platformId", state, article_id as "articleId", detail, created_at as "createdAt"`;

@Injectable()
export class PostsRepository {
  constructor(private readonly db: TenantDb) {}

  /** The new row, or the one that has this key already. */
  async begin(post: Pick<MassPostRow, 'id' | 'channelId' | 'clientMsgId' | 'reach' | 'content'>): Promise<MassPostRow> {
    const values = [currentTenantId(), post.id, post.channelId, post.clientMsgId, JSON.stringify(post.reach), JSON.stringify(post.content)];
    const made = await this.db.one<MassPostRow>(
      `insert into mass_posts (tenant_id, id, channel_id, client_msg_id, reach, content) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, channel_id, client_msg_id) do nothing returning ${POST}`, values);
    const row = made ?? (await this.db.one<MassPostRow>(`select ${POST} from mass_posts where channel_id = $1 and client_msg_id = $2`, [post.channelId, post.clientMsgId]));
    if (row === undefined) throw new Error('a mass post vanished');
    return row;
  }

  find(id: string): Promise<MassPostRow | undefined> {
    return this.db.one<MassPostRow>(`select ${POST} from mass_posts where id = $1`, [id]);
  }

  list(channelId: string): Promise<MassPostRow[]> {
    return this.db.query<MassPostRow>(`select ${POST} from mass_posts where channel_id = $1 order by created_at desc, id desc limit 200`, [channelId]);
  }

  async settle(id: string, outcome: { state: MassPostState; platformId?: string | undefined; problem?: string | undefined; detail?: string | undefined }): Promise<void> {
    await this.db.exec(
      `update mass_posts set state = $2, platform_id = coalesce($3, platform_id), problem = $4, detail = coalesce($5, detail), finished_at = case when $2 = 'failed' then now() else finished_at end
       where id = $1 and state in ('sending','unknown')`,
      [id, outcome.state, outcome.platformId ?? null, outcome.problem ?? null, outcome.detail ?? null],
    );
  }

  async markDeleted(id: string): Promise<void> {
    await this.db.exec(`update mass_posts set state = 'deleted' where id = $1`, [id]);
  }

  /** The end as the platform tells it; false when no post of ours has this id. */
  async end(channelId: string, end: PostEnd): Promise<boolean> {
    return (await this.db.exec(
      `update mass_posts set state = $3, detail = $4, total = coalesce($5, total), filtered = coalesce($6, filtered), sent = coalesce($7, sent), failed = coalesce($8, failed),
         finished_at = coalesce(finished_at, now()) where channel_id = $1 and platform_id = $2 and state <> 'deleted'`,
      [channelId, end.platformId, end.state, end.detail, end.total ?? null, end.filtered ?? null, end.sent ?? null, end.failed ?? null],
    )) > 0;
  }

  /** A post that is being handed over right now may be the one whose end we were told. */
  async isSending(channelId: string): Promise<boolean> {
    return (await this.db.one(`select 1 from mass_posts where channel_id = $1 and state = 'sending' and created_at > now() - interval '10 minutes' limit 1`, [channelId])) !== undefined;
  }

  /** Taken more than an hour ago, and no end told since. */
  overdue(): Promise<MassPostRow[]> {
    return this.db.query<MassPostRow>(`select ${POST} from mass_posts where state = 'accepted' and platform_id is not null and created_at < now() - interval '1 hour' order by created_at limit 100`);
  }

  /** Handed over by a process that died: the platform may have it. */
  async giveUpSending(): Promise<void> {
    await this.db.exec(`update mass_posts set state = 'unknown', problem = 'platform_silent' where state = 'sending' and created_at < now() - interval '10 minutes'`);
  }

  async publicationBegun(row: { id: string; channelId: string; mediaId: string; title: string; platformId: string }): Promise<PublicationRow> {
    const made = await this.db.one<PublicationRow>(
      `insert into publications (tenant_id, id, channel_id, media_id, title, platform_id) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, channel_id, platform_id) do update set title = excluded.title returning ${PUBLICATION}`,
      [currentTenantId(), row.id, row.channelId, row.mediaId, row.title, row.platformId]);
    if (made === undefined) throw new Error('a publication vanished');
    return made;
  }

  async publicationEnded(channelId: string, end: { platformId: string; state: 'published' | 'failed'; articleId: string | undefined; detail: string }): Promise<void> {
    await this.db.exec(
      `update publications set state = $3, article_id = $4, detail = $5, finished_at = now() where channel_id = $1 and platform_id = $2 and state = 'running'`,
      [channelId, end.platformId, end.state, end.articleId ?? null, end.detail]);
  }

  publications(channelId: string): Promise<PublicationRow[]> {
    return this.db.query<PublicationRow>(`select ${PUBLICATION} from publications where channel_id = $1 order by created_at desc, id desc limit 200`, [channelId]);
  }

  overduePublications(): Promise<PublicationRow[]> {
    return this.db.query<PublicationRow>(`select ${PUBLICATION} from publications where state = 'running' and created_at < now() - interval '1 hour' order by created_at limit 100`);
  }
}
