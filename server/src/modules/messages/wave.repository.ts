// The dispatcher's statements: take a wave, settle a wave, and clean up after a crash.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { releaseCtes } from '../consents/index.js';
import type { PersonFacts } from './plan.js';

export interface ClaimedMessage extends PersonFacts {
  id: string;
  customerId: string;
  identityId: string;
  externalId: string;
  kind: string;
  scope: string;
  contentIndex: number;
  attempts: number;
  /** When it was due, in microseconds since 1970: its place in the queue. */
  dueMicros: number;
  /** Why it may not be sent any more, though it was planned. */
  obstacle: 'opted_out' | 'no_identity' | 'window_closed' | null;
}

export interface SettledMessage {
  id: string;
  state: string;
  reason: string | null;
  platformId: string | null;
  code: number | null;
  /** Null: as it was. */
  dueAt: Date | null;
  isFreeTry: boolean;
  /** The permit goes back to the person. */
  isReleased: boolean;
}

export interface ClaimInput {
  dispatchId: string;
  channelId: string;
  count: number;
  now: Date;
  /** After this an unsettled send counts as unknown. */
  leaseUntil: Date;
  /** The merchant's calendar day of `now`, yyyy-mm-dd: what the frequency cap counts. */
  day: string;
  /** Whether any text names a coupon, and whether any rung is a window: what is not asked is not read. */
  hasCoupons: boolean;
  hasWindows: boolean;
  /** Some rung goes to many in one call; those messages are not a wave's. */
  hasBatches: boolean;
  /** Everything before this place was taken already. */
  after: QueuePlace | undefined;
}

/** Where a dispatch's queue has been read up to. */
export interface QueuePlace {
  dueMicros: number;
  id: string;
}

// One statement takes the wave, counts it for the cap and reads everything a text may need. What is counted here and not sent is
// taken back by `settle`; what is lost in a crash stays counted, because it may have been sent.
const claimSql = ({ hasCoupons, hasWindows, hasBatches }: Pick<ClaimInput, 'hasCoupons' | 'hasWindows' | 'hasBatches'>): string => `
  with picked as materialized (
    select m.tenant_id, m.id, m.due_at from messages m
    where m.dispatch_id = $1 and m.channel_id = $2 and m.state = 'planned' and m.due_at <= $4${hasBatches ? ` and m.kind not in ('mass_post', 'contact_message')` : ''}
      and ($7::bigint is null or (m.due_at, m.id) > (timestamptz 'epoch' + $7 * interval '1 microsecond', $8::uuid))
      and exists (select 1 from dispatches d where d.id = $1 and d.state = 'sending')
    order by m.due_at, m.id limit $3 for update of m skip locked
  ), claimed as (
    update messages m set state = 'sending', lease_until = $5, attempts = m.attempts + 1, sent_at = $4
    from picked p where m.tenant_id = p.tenant_id and m.id = p.id
    returning m.id, m.customer_id, m.identity_id, m.kind, m.scope, m.content_index, m.attempts, m.purpose, p.due_at
  ), counted as (
    insert into message_counts (tenant_id, customer_id, day, count)
    select app.current_tenant(), customer_id, $6::date, 1 from claimed where purpose = 'recall' order by customer_id
    on conflict (tenant_id, customer_id, day) do update set count = message_counts.count + 1
  )
  select c.id, c.customer_id as "customerId", c.identity_id as "identityId", c.kind, c.scope, c.content_index as "contentIndex", c.attempts, (extract(epoch from c.due_at) * 1000000)::bigint as "dueMicros",
    i.external_id as "externalId", u.name, ${hasCoupons ? 'k.name' : 'null'} as "couponName", ${hasCoupons ? 'k.expires_at' : 'null'} as "couponExpiresAt",
    case when c.purpose = 'recall' and u.opted_out_at is not null then 'opted_out' when i.revoked_at is not null then 'no_identity'
      ${hasWindows ? `when c.kind = 'service_window' and (p.expires_at is null or p.expires_at <= $4) then 'window_closed'` : ''} end as obstacle
  from claimed c
  join identities i on i.id = c.identity_id
  join customers u on u.id = c.customer_id
  ${hasWindows ? `left join permits p on c.kind = 'service_window' and p.identity_id = c.identity_id and p.kind = c.kind and p.scope = c.scope` : ''}
  ${hasCoupons ? `left join lateral (
    select t.name, h.expires_at from coupons h join coupon_templates t on t.id = h.template_id
    where h.customer_id = c.customer_id and h.state = 'claimed' and h.expires_at > $4 order by h.expires_at, h.id limit 1
  ) k on true` : ''}`;

// Each message is looked up by its own id (`offset 0` forbids another order): found by state, a wave would wade through all that were under way before.
const ANSWER = `answer as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::boolean[], $8::boolean[])
      as a(id, state, reason, platform_id, code, due_at, is_free_try, is_released)
  ), settled as (
    update messages m set reason = case when a.state = 'unknown' and m.receipt is not null then null else a.reason end, platform_id = coalesce(a.platform_id, m.platform_id), platform_code = a.code, lease_until = null,
      state = case when a.state = 'unknown' and m.receipt is not null then 'sent' else a.state end,
      sent_at = case when a.state in ('sent', 'unknown') then coalesce(m.sent_at, $9) end,
      due_at = coalesce(a.due_at, m.due_at), attempts = m.attempts - a.is_free_try::int
    from (
      select a.*, o.tenant_id from answer a cross join lateral (
        select x.tenant_id from messages x where x.id = a.id and x.state in ('sending', 'unknown') offset 0
      ) o offset 0
    ) a where m.tenant_id = a.tenant_id and m.id = a.id
    returning m.id, m.customer_id, m.identity_id, m.kind, m.scope, m.state, m.purpose, a.is_released
  )`;

const SETTLE = `with ${ANSWER} select id from settled`;

const SETTLE_SOME_NOT_SENT = `with ${ANSWER}, freed as materialized (
    select identity_id, kind, scope from settled where is_released
  ), ${releaseCtes('$9')}, uncounted as (
    update message_counts n set count = n.count - 1 from settled s
    where s.purpose = 'recall' and s.state not in ('sent', 'unknown') and n.customer_id = s.customer_id and n.day = $10::date and n.count > 0
  ) select id from settled`;

@Injectable()
export class WaveRepository {
  constructor(private readonly db: TenantDb) {}

  /** Takes up to `count` due messages of a dispatch that is sending; nobody else gets them. */
  claim({ dispatchId, channelId, count, now, leaseUntil, day, after, ...reads }: ClaimInput): Promise<ClaimedMessage[]> {
    // Not prepared: a plan that does not know the size of the wave would read whole tables.
    return this.db.query<ClaimedMessage>(claimSql(reads), [dispatchId, channelId, count, now, leaseUntil, day, after?.dueMicros ?? null, after?.id ?? null]);
  }

  /** Writes what came of a wave. Messages that were settled by somebody else meanwhile are left alone; answers the ids that were not. */
  async settle(answers: readonly SettledMessage[], now: Date, day: string): Promise<Set<string>> {
    const columns = [
      answers.map((a) => a.id), answers.map((a) => a.state), answers.map((a) => a.reason), answers.map((a) => a.platformId),
      answers.map((a) => a.code), answers.map((a) => a.dueAt), answers.map((a) => a.isFreeTry), answers.map((a) => a.isReleased), now,
    ];
    const isAllSent = answers.every((a) => a.state === 'sent' || a.state === 'unknown');
    // Not prepared, like the claim: a generic plan made before the table has statistics reads it once per message.
    const rows = isAllSent ? await this.db.query<{ id: string }>(SETTLE, columns) : await this.db.query<{ id: string }>(SETTLE_SOME_NOT_SENT, [...columns, day]);
    return new Set(rows.map((row) => row.id));
  }

  /** Sends that nobody settled in time: the process died in between. They may have arrived, so they are never sent again. */
  async markLost(now: Date): Promise<number> {
    return this.db.exec(
      `update messages m set state = case when m.receipt is not null then 'sent' else 'unknown' end, reason = case when m.receipt is null then 'process_lost' end, lease_until = null
       from (select id from messages where state = 'sending' and lease_until < $1 order by lease_until limit 5000 for update skip locked) l
       where m.id = l.id and m.state = 'sending'`, [now]);
  }
}
