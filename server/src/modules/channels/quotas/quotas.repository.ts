// SQL of the counts of calls. Written for all tenants at once: one statement a second and process, however much is called.
import { Injectable } from '@nestjs/common';
import { SystemDb } from '../../../core/db/system-db.js';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface UsageRow {
  channelId: string;
  rule: string;
  subject: string;
  windowStart: Date;
  used: number;
  toldLimit: number | null;
  toldAt: Date | null;
  markAt: Date;
  markUsed: number;
}

/** Calls that this process made and has not told yet. */
export interface UsageGain {
  channelId: string;
  rule: string;
  subject: string;
  windowStart: Date;
  gain: number;
}

export interface UnmappedTally {
  channelId: string;
  code: number;
  path: string;
  words: string;
  times: number;
  at: Date;
}

const COLUMNS = `channel_id as "channelId", rule, subject, window_start as "windowStart", used, told_limit as "toldLimit", told_at as "toldAt", mark_at as "markAt", mark_used as "markUsed"`;

/** How long the pace is remembered before it is measured anew. */
const MARK_EVERY = `interval '10 minutes'`;

@Injectable()
export class QuotasRepository {
  constructor(private readonly db: TenantDb, private readonly systemDb: SystemDb) {}

  /** Adds what this process counted, and answers what all of them did. A count of a channel that is gone is dropped. */
  add(gains: readonly UsageGain[], now: Date): Promise<UsageRow[]> {
    return this.systemDb.write('one process counts the calls of many tenants', () =>
      this.systemDb.query<UsageRow>(
        `insert into quota_usage as q (tenant_id, channel_id, rule, subject, window_start, used, mark_at)
         select c.tenant_id, r.channel_id, r.rule, r.subject, r.window_start, r.gain, $6
         from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[]) r(channel_id, rule, subject, window_start, gain)
         join channels c on c.id = r.channel_id
         order by 1, 2, 3, 4
         on conflict (tenant_id, channel_id, rule, subject) do update set
           used = case when q.window_start = excluded.window_start then q.used + excluded.used when q.window_start < excluded.window_start then excluded.used else q.used end,
           mark_at = case when q.window_start < excluded.window_start or q.mark_at < $6 - ${MARK_EVERY} then $6 else q.mark_at end,
           mark_used = case when q.window_start < excluded.window_start then 0 when q.mark_at < $6 - ${MARK_EVERY} then q.used else q.mark_used end,
           window_start = greatest(q.window_start, excluded.window_start)
         returning ${COLUMNS}`,
        [gains.map((g) => g.channelId), gains.map((g) => g.rule), gains.map((g) => g.subject), gains.map((g) => g.windowStart), gains.map((g) => g.gain), now],
      ));
  }

  /** What is known of one account, before its first call in this process. */
  ofChannelAnywhere(channelId: string): Promise<UsageRow[]> {
    return this.systemDb.read('a call may be made before the tenant is known', () =>
      this.systemDb.query<UsageRow>(`select ${COLUMNS} from quota_usage where tenant_id = (select c.tenant_id from channels c where c.id = $1) and channel_id = $1`, [channelId]));
  }

  ofChannel(channelId: string): Promise<UsageRow[]> {
    return this.db.query<UsageRow>(`select ${COLUMNS} from quota_usage where channel_id = $1 order by rule, subject`, [channelId]);
  }

  /** The platform's own count and limit. It may have counted calls of other systems, never fewer than ours. */
  async told(channelId: string, told: { rule: string; windowStart: Date; used: number; limit: number }, now: Date): Promise<void> {
    await this.db.exec(
      `insert into quota_usage as q (tenant_id, channel_id, rule, window_start, used, told_limit, told_at, mark_at, mark_used)
       values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $6, $4)
       on conflict (tenant_id, channel_id, rule, subject) do update set used = case when q.window_start = $3 then greatest(q.used, $4) else $4 end,
         window_start = $3, told_limit = $5, told_at = $6`,
      [channelId, told.rule, told.windowStart, told.used, told.limit, now],
    );
  }

  /** The platform set its daily counts back. */
  async cleared(channelId: string, rules: readonly string[], now: Date): Promise<void> {
    await this.db.exec('update quota_usage set used = 0, mark_at = $3, mark_used = 0 where channel_id = $1 and rule = any($2)', [channelId, rules, now]);
  }

  async addUnmapped(tallies: readonly UnmappedTally[]): Promise<void> {
    await this.systemDb.write('one process counts the calls of many tenants', () =>
      this.systemDb.exec(
        `insert into unmapped_codes as u (tenant_id, channel_id, code, path, words, times, first_at, last_at)
         select c.tenant_id, r.channel_id, r.code, r.path, r.words, r.times, r.at, r.at
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[]) r(channel_id, code, path, words, times, at)
         join channels c on c.id = r.channel_id order by 1, 2, 3, 4
         on conflict (tenant_id, channel_id, code, path) do update set times = u.times + excluded.times, words = excluded.words, last_at = excluded.last_at`,
        [tallies.map((t) => t.channelId), tallies.map((t) => t.code), tallies.map((t) => t.path), tallies.map((t) => t.words), tallies.map((t) => t.times), tallies.map((t) => t.at)],
      ));
  }

  unmappedOf(channelId: string): Promise<{ code: number; path: string; words: string; times: number; firstAt: Date; lastAt: Date }[]> {
    return this.db.query(
      'select code, path, words, times, first_at as "firstAt", last_at as "lastAt" from unmapped_codes where channel_id = $1 order by last_at desc limit 100', [channelId],
    );
  }
}
