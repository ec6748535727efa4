// How many messages an account may still send: a second's allowance and a day's quota, shared by all processes.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';

/** `granted` of what was asked; when it is less, why, and when to ask again. */
export interface RateGrant {
  granted: number;
  why: 'enough' | 'moment' | 'day' | 'blocked' | 'paused';
  retryAfterMs: number;
}

// One statement: the row lock makes concurrent takers queue, and each sees what the one before left. The platform's
// day is China's (its daily quotas come back at its midnight).
const TAKE = `
with t as materialized (select clock_timestamp() as at, (clock_timestamp() at time zone 'Asia/Shanghai') as local),
held as materialized (
  select r.tenant_id, r.channel_id, r.blocked_until, c.status, c.send_rate_per_second as rate, c.daily_send_limit as quota,
    case when r.second = date_trunc('second', t.at) then r.used_in_second else 0 end as second_used,
    case when r.day = t.local::date then r.used_in_day else 0 end as day_used
  from channel_rates r join channels c on c.tenant_id = r.tenant_id and c.id = r.channel_id cross join t
  where r.channel_id = $1 for update of r
),
verdict as (
  select held.*, case
      when status in ('paused', 'disconnected') then 'paused'
      when blocked_until > t.at then 'blocked'
      when quota is not null and quota - day_used < $2::int then 'day'
      when rate - second_used < $2::int then 'moment'
      else 'enough' end as why,
    case when status in ('paused', 'disconnected') or blocked_until > t.at then 0
      else greatest(0, least($2::int, rate - second_used, coalesce(quota - day_used, $2::int))) end::int as granted
  from held cross join t
)
update channel_rates r set second = date_trunc('second', t.at), used_in_second = v.second_used + v.granted,
  day = t.local::date, used_in_day = v.day_used + v.granted
from verdict v cross join t where r.tenant_id = v.tenant_id and r.channel_id = v.channel_id
returning v.granted, v.why, greatest(1, ceil(extract(epoch from case v.why
    when 'blocked' then v.blocked_until - t.at
    when 'day' then (t.local::date + 1) - t.local
    when 'paused' then interval '1 minute'
    when 'moment' then date_trunc('second', t.at) + interval '1 second' - t.at
    else interval '0' end) * 1000))::int8 as retry_after_ms`;

@Injectable()
export class ChannelRatesRepository {
  constructor(private readonly db: TenantDb) {}

  /** Takes up to `count` from the second and the day. A channel that does not exist grants nothing. */
  async take(channelId: string, count: number): Promise<RateGrant> {
    const row = (await this.db.prepared<{ granted: number; why: RateGrant['why']; retry_after_ms: number }>('take_rate', TAKE, [channelId, count]))[0];
    if (row === undefined) return { granted: 0, why: 'paused', retryAfterMs: 60_000 };
    return { granted: row.granted, why: row.why, retryAfterMs: row.why === 'enough' ? 0 : row.retry_after_ms };
  }

  /** Gives back what was taken and not sent. */
  async giveBack(channelId: string, count: number): Promise<void> {
    await this.db.exec(
      `update channel_rates set used_in_second = greatest(0, used_in_second - $2), used_in_day = greatest(0, used_in_day - $2) where channel_id = $1`,
      [channelId, count],
    );
  }

  /** The platform said wait: nobody sends on this account until then. Never shortens a longer wait. */
  async block(channelId: string, forMs: number): Promise<void> {
    await this.db.exec(
      `update channel_rates set blocked_until = greatest(blocked_until, clock_timestamp() + make_interval(secs => $2 / 1000.0)) where channel_id = $1`,
      [channelId, forMs],
    );
  }

  async unblock(channelId: string): Promise<void> {
    await this.db.exec('update channel_rates set blocked_until = null where channel_id = $1', [channelId]);
  }
}
