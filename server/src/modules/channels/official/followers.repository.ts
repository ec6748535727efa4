// SQL of followers and of the readings of their list.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface FollowerSyncRow {
  id: string;
  channelId: string;
  state: 'running' | 'done' | 'failed' | 'stopped';
  reason: 'asked' | 'monthly';
  cursor: string;
  page: number;
  total: number;
  seen: number;
  found: number;
  lost: number;
  problem: string | null;
  startedAt: Date;
  finishedAt: Date | null;
}

/** What one page tells of one person; undefined facts leave what we know. */
export interface FollowerFact {
  openid: string;
  unionId?: string | undefined;
  isFollowing: boolean;
  followedAt?: Date | undefined;
  how?: string;
  scene?: string;
  tagIds?: number[];
}

export interface SeenFollower {
  openid: string;
  unionId: string | null;
  isFollowing: boolean;
  followedAt: Date | null;
  scene: string;
  how: string;
}

/** Which reading saw them. */
export interface Sight {
  channelId: string;
  syncId: string;
  page: number;
}

const SYNC = `id, channel_id as "channelId", state, reason, cursor, page, total, seen, found, lost, problem, started_at as "startedAt", finished_at as "finishedAt"`;

@Injectable()
export class FollowersRepository {
  constructor(private readonly db: TenantDb) {}

  /** Undefined when one is running already. */
  begin(id: string, channelId: string, reason: 'asked' | 'monthly'): Promise<FollowerSyncRow | undefined> {
    return this.db.one<FollowerSyncRow>(
      `insert into follower_syncs (tenant_id, id, channel_id, reason) values ($1, $2, $3, $4) on conflict (tenant_id, channel_id) where state = 'running' do nothing returning ${SYNC}`,
      [currentTenantId(), id, channelId, reason],
    );
  }

  sync(id: string): Promise<FollowerSyncRow | undefined> {
    return this.db.one<FollowerSyncRow>(`select ${SYNC} from follower_syncs where id = $1`, [id]);
  }

  latest(channelId: string): Promise<FollowerSyncRow | undefined> {
    return this.db.one<FollowerSyncRow>(`select ${SYNC} from follower_syncs where channel_id = $1 order by started_at desc, id desc limit 1`, [channelId]);
  }

  /** Moves the cursor on, unless someone else did or the reading was stopped. */
  async advance(sync: FollowerSyncRow, to: { next: string; total: number; seen: number; found: number }): Promise<boolean> {
    return (await this.db.exec(
      `update follower_syncs set cursor = $3, page = page + 1, total = $4, seen = seen + $5, found = found + $6, problem = null where id = $1 and state = 'running' and page = $2`,
      [sync.id, sync.page, to.next, to.total, to.seen, to.found],
    )) > 0;
  }

  async finish(id: string, end: { state: 'done' | 'failed' | 'stopped'; lost?: number; problem?: string }): Promise<boolean> {
    return (await this.db.exec(
      `update follower_syncs set state = $2, lost = lost + $3, problem = $4, finished_at = now() where id = $1 and state = 'running'`,
      [id, end.state, end.lost ?? 0, end.problem ?? null],
    )) > 0;
  }

  async stop(channelId: string): Promise<void> {
    await this.db.exec(`update follower_syncs set state = 'stopped', finished_at = now() where channel_id = $1 and state = 'running'`, [channelId]);
  }

  async note(id: string, problem: string): Promise<void> {
    await this.db.exec('update follower_syncs set problem = $2 where id = $1', [id, problem]);
  }

  /** Stores what a page tells, unless a callback told something newer; how many of its followers were not followers to us. */
  async store(sight: Sight, facts: readonly FollowerFact[], readAt: Date): Promise<number> {
    const row = await this.db.one<{ found: number }>(
      `with fact as (select * from jsonb_to_recordset($5::jsonb) as f(openid text, "unionId" text, "isFollowing" boolean, "followedAt" timestamptz, how text, scene text, "tagIds" int[])),
       before as (select openid from followers where channel_id = $2 and is_following and openid in (select openid from fact)),
       put as (
         insert into followers as x (tenant_id, channel_id, openid, union_id, is_following, followed_at, how, scene, tag_ids, sync_id, page)
         select $1, $2, openid, "unionId", "isFollowing", "followedAt", coalesce(how, ''), coalesce(scene, ''), coalesce("tagIds", '{}'), $3, $4 from fact
         on conflict (tenant_id, channel_id, openid) do update set
           union_id = coalesce(excluded.union_id, x.union_id), is_following = case when x.told_at > $6 then x.is_following else excluded.is_following end, followed_at = coalesce(excluded.followed_at, x.followed_at),
           how = coalesce(nullif(excluded.how, ''), x.how), scene = coalesce(nullif(excluded.scene, ''), x.scene),
           tag_ids = coalesce((select f."tagIds" from fact f where f.openid = excluded.openid), x.tag_ids), sync_id = excluded.sync_id, page = excluded.page)
       select count(*) as found from fact where "isFollowing" and openid not in (select openid from before)`,
      [currentTenantId(), sight.channelId, sight.syncId, sight.page, JSON.stringify(facts), readAt],
    );
    return row?.found ?? 0;
  }

  /** Those whom a whole reading did not see, and who had not come while it went on: they follow no longer. They are put on `page`. */
  markLost(sync: FollowerSyncRow, page: number): Promise<number> {
    return this.db.exec(
      `update followers set is_following = false, sync_id = $2, page = $3
       where channel_id = $1 and is_following and sync_id is distinct from $2 and (followed_at is null or followed_at < $4)`,
      [sync.channelId, sync.id, page, sync.startedAt],
    );
  }

  page({ channelId, syncId, page }: Sight): Promise<SeenFollower[]> {
    return this.db.query<SeenFollower>(
      `select openid, union_id as "unionId", is_following as "isFollowing", followed_at as "followedAt", scene, how from followers
       where channel_id = $1 and sync_id = $2 and page = $3 order by openid`, [channelId, syncId, page],
    );
  }

  /** A follow or unfollow told by callback; an older one does not undo a newer follow. */
  async told(channelId: string, facts: readonly { openid: string; isFollowing: boolean; at: string; scene: string }[]): Promise<void> {
    await this.db.exec(
      `insert into followers as x (tenant_id, channel_id, openid, is_following, followed_at, scene, told_at)
       select distinct on (f.openid) $1::uuid, $2::uuid, f.openid, f."isFollowing", case when f."isFollowing" then f.at end, f.scene, f.at
       from jsonb_to_recordset($3::jsonb) as f(openid text, "isFollowing" boolean, at timestamptz, scene text) order by f.openid, f.at desc
       on conflict (tenant_id, channel_id, openid) do update set is_following = excluded.is_following,
         followed_at = coalesce(excluded.followed_at, x.followed_at), scene = coalesce(nullif(excluded.scene, ''), x.scene), told_at = excluded.told_at
       where x.told_at is null or x.told_at <= excluded.told_at`,
      [currentTenantId(), channelId, JSON.stringify(facts)],
    );
  }

  async count(channelId: string): Promise<number> {
    return (await this.db.one<{ count: number }>('select count(*) from followers where channel_id = $1 and is_following', [channelId]))?.count ?? 0;
  }
}
