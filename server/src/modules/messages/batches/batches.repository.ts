// SQL of batches: which messages go in one call, and what becomes of them by the batch's id. Set-based: a batch is ten thousand people.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { releaseCtes } from '../../consents/index.js';
import type { BatchReport } from '../plan.js';
import type { Batch, BatchKind } from './batch.js';

export interface Queue {
  dispatchId: string;
  channelId: string;
  kind: BatchKind;
  contentIndex: number;
}

export interface Ended {
  customerId: string;
  state: string;
  reason: string;
}

/** A message of a batch that the platform named. */
export interface Told {
  externalId: string;
  state: 'sent' | 'refused';
  reason: string | null;
  at: Date | null;
}

export interface Settled {
  id: string;
  customerId: string;
  identityId: string;
  kind: string;
  scope: string;
  attempts: number;
  state: string;
  reason: string | null;
}

/** What all people of a batch become who are still under way. */
export interface EndAll {
  state: 'planned' | 'awaiting' | 'sent' | 'unknown' | 'refused' | 'failed' | 'skipped' | 'cancelled';
  reason: string | null;
  isReleased: boolean;
  dueAt?: Date | undefined;
  code?: number | undefined;
}

const COLUMNS = `b.id, b.dispatch_id as "dispatchId", b.channel_id as "channelId", b.content_index as "contentIndex", b.kind, b.state, b.platform_id as "platformId", b.size,
  b.attempts, b.looks, b.reminders, b.reminded_at as "remindedAt", b.deadline_at as "deadlineAt", b.is_withdrawn as "isWithdrawn", b.created_at as "createdAt", b.submitted_at as "submittedAt"`;

const DUE = `m.dispatch_id = $1 and m.channel_id = $2 and m.kind = $3 and m.content_index = $4 and m.state = 'planned' and m.due_at <= $5`;
const of = ({ dispatchId, channelId, kind, contentIndex }: Queue): unknown[] => [dispatchId, channelId, kind, contentIndex];

// Who is not sent to costs no place under the cap; counted on the day the batch was made.
const UNCOUNTED = (settled: string): string => `uncounted as (
    update message_counts n set count = n.count - 1 from ${settled} s
    where s.purpose = 'recall' and s.state not in ('sent', 'unknown', 'awaiting') and n.customer_id = s.customer_id and n.count > 0
      and n.day = (s.sent_day at time zone (select timezone from tenants where id = app.current_tenant()))::date
  )`;

@Injectable()
export class BatchesRepository {
  constructor(private readonly db: TenantDb) {}

  /** One maker of batches per ladder's rung at a time, so that employees are asked once. False: somebody else is at it. */
  async lock({ dispatchId, contentIndex }: Queue): Promise<boolean> {
    const row = await this.db.one<{ ok: boolean }>(`select pg_try_advisory_xact_lock(hashtextextended('messages.batch' || $1::text || $2::text, 0)) as ok`, [dispatchId, contentIndex]);
    return row?.ok === true;
  }

  /** How many are due (at most `limit`), and whether people of an earlier rung may still come to this one. */
  async waiting(queue: Queue, now: Date, limit: number): Promise<{ due: number; mayGrow: boolean }> {
    const row = await this.db.one<{ due: number; mayGrow: boolean }>(
      `select (select count(*) from (select 1 from messages m where ${DUE} limit $6) d) as due,
         exists (select 1 from messages m where m.dispatch_id = $1 and m.content_index < $4 and m.state in ('planned', 'leased', 'sending') and m.due_at <= $5::timestamptz + interval '10 minutes') as "mayGrow"`,
      [...of(queue), now, limit]);
    return row ?? { due: 0, mayGrow: false };
  }

  /** Due messages of people who may not be written to any more; their permits go back. */
  dropHindered(queue: Queue, now: Date): Promise<Ended[]> {
    return this.db.query<Ended>(
      `with hindered as materialized (
         select m.tenant_id, m.id, case when u.opted_out_at is not null and m.purpose = 'recall' then 'opted_out' when i.revoked_at is not null then 'no_identity' else 'period_over' end as reason
         from messages m join identities i on i.id = m.identity_id join customers u on u.id = m.customer_id
         left join permits p on p.identity_id = m.identity_id and p.kind = m.kind and p.scope = m.scope
         where ${DUE} and ((u.opted_out_at is not null and m.purpose = 'recall') or i.revoked_at is not null or p.expires_at <= $5) for update of m skip locked
       ), ended as (
         update messages m set state = case h.reason when 'opted_out' then 'skipped' else 'refused' end, reason = h.reason
         from hindered h where m.tenant_id = h.tenant_id and m.id = h.id returning m.customer_id, m.identity_id, m.kind, m.scope, m.state, m.reason
       ), freed as materialized (select identity_id, kind, scope from ended), ${releaseCtes('$5')}
       select customer_id as "customerId", state, reason from ended`, [...of(queue), now]);
  }

  /** Takes up to `limit` due messages into a batch and counts them for the cap. @returns their people's ids at the platform */
  async claim(batchId: string, queue: Queue, { now, day, limit }: { now: Date; day: string; limit: number }): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `with picked as materialized (
         select m.tenant_id, m.id from messages m where ${DUE} and exists (select 1 from dispatches d where d.id = $1 and d.state = 'sending')
         order by m.due_at, m.id limit $6 for update of m skip locked
       ), claimed as (
         update messages m set state = 'sending', batch_id = $7, lease_until = null, attempts = m.attempts + 1, sent_at = $5
         from picked p where m.tenant_id = p.tenant_id and m.id = p.id returning m.customer_id, m.identity_id, m.purpose
       ), counted as (
         insert into message_counts (tenant_id, customer_id, day, count)
         select app.current_tenant(), customer_id, $8::date, 1 from claimed where purpose = 'recall' order by customer_id
         on conflict (tenant_id, customer_id, day) do update set count = message_counts.count + 1
       ) select i.external_id as id from claimed c join identities i on i.id = c.identity_id`,
      [...of(queue), now, limit, batchId, day]);
    return rows.map(({ id }) => id);
  }

  async insert(batchId: string, queue: Queue, more: { size: number; leaseUntil: Date; deadlineAt: Date | null; now: Date }): Promise<void> {
    await this.db.exec(
      `insert into message_batches (tenant_id, id, dispatch_id, channel_id, kind, content_index, state, size, lease_until, next_look_at, deadline_at, attempts, created_at)
       values (app.current_tenant(), $5, $1, $2, $3, $4, 'sending', $6, $7, $7, $8, 1, $9)`,
      [...of(queue), batchId, more.size, more.leaseUntil, more.deadlineAt, more.now]);
  }

  async find(id: string): Promise<Batch | undefined> {
    return this.db.one<Batch>(`select ${COLUMNS} from message_batches b where b.id = $1`, [id]);
  }

  /** The batch, held until the transaction ends. */
  async lockBatch(id: string): Promise<Batch | undefined> {
    return this.db.one<Batch>(`select ${COLUMNS} from message_batches b where b.id = $1 for update`, [id]);
  }

  byPlatformId(channelId: string, platformId: string): Promise<Batch | undefined> {
    return this.db.one<Batch>(`select ${COLUMNS} from message_batches b where b.channel_id = $1 and b.platform_id = $2 for update`, [channelId, platformId]);
  }

  /** Some call of this channel is under way whose answer will name its id. */
  async isCalling(channelId: string): Promise<boolean> {
    return (await this.db.one(`select 1 from message_batches where channel_id = $1 and state = 'sending'`, [channelId])) !== undefined;
  }

  /** Whom the platform is asked about next. */
  async dueForLook(now: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(`select id from message_batches where state in ('sending', 'awaiting') and next_look_at <= $1 order by next_look_at limit 500`, [now]);
    return rows.map(({ id }) => id);
  }

  /** Changes what is named; the rest stays. */
  async update(id: string, change: { state?: string; reason?: string | null; platformId?: string; nextLookAt?: Date | null; leaseUntil?: Date | null; totals?: Record<string, number>; now: Date }): Promise<void> {
    await this.db.exec(
      `update message_batches set state = coalesce($2, state), reason = coalesce($3, reason), platform_id = coalesce($4, platform_id), next_look_at = $5, lease_until = $6,
         totals = totals || $7::jsonb, submitted_at = case when $2 = 'awaiting' then coalesce(submitted_at, $8) else submitted_at end,
         finished_at = case when $2 in ('finished', 'failed', 'unknown') then $8 end
       where id = $1`,
      [id, change.state ?? null, change.reason ?? null, change.platformId ?? null, change.nextLookAt ?? null, change.leaseUntil ?? null, JSON.stringify(change.totals ?? {}), change.now]);
  }

  async countLook(id: string, { isReminded, nextLookAt, now }: { isReminded: boolean; nextLookAt: Date; now: Date }): Promise<void> {
    await this.db.exec(
      `update message_batches set looks = looks + 1, next_look_at = $2, reminders = reminders + $3::boolean::int, reminded_at = case when $3::boolean then $4 else reminded_at end where id = $1`,
      [id, nextLookAt, isReminded, now]);
  }

  /** Another call for the same batch begins. */
  async callAgain(id: string, leaseUntil: Date): Promise<void> {
    await this.db.exec('update message_batches set attempts = attempts + 1, lease_until = $2, next_look_at = $2 where id = $1', [id, leaseUntil]);
  }

  /** People of a batch at the platform who are under way. */
  async people(id: string): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select i.external_id as id from messages m join identities i on i.id = m.identity_id where m.batch_id = $1 and m.state = 'sending' order by m.due_at, m.id`, [id]);
    return rows.map((row) => row.id);
  }

  /** Ends (or moves on) everybody of a batch who is still under way. @returns whom that was */
  async endAll(id: string, end: EndAll, now: Date): Promise<string[]> {
    const rows = await this.db.query<{ customerId: string }>(
      `with settled as (
         update messages m set state = $2, reason = $3, due_at = coalesce($5, m.due_at), platform_code = $6, lease_until = null,
           sent_at = case when $2 in ('sent', 'unknown', 'awaiting') then m.sent_at end, batch_id = case when $2 = 'planned' then null else m.batch_id end
         from (select x.tenant_id, x.id, x.sent_at from messages x where x.batch_id = $1 and x.state in ('sending', 'awaiting') for update) o
         where m.tenant_id = o.tenant_id and m.id = o.id returning m.customer_id, m.identity_id, m.kind, m.scope, m.state, m.purpose, o.sent_at as sent_day
       ), freed as materialized (select identity_id, kind, scope from settled where $4::boolean), ${releaseCtes('$7')}, ${UNCOUNTED('settled')}
       select customer_id as "customerId" from settled`,
      [id, end.state, end.reason, end.isReleased, end.dueAt ?? null, end.code ?? null, now]);
    return rows.map((row) => row.customerId);
  }

  /** Enters what the platform said of single people; whoever is settled already is left alone. */
  async endSome(batch: Batch, told: readonly Told[]): Promise<Settled[]> {
    return this.db.query<Settled>(
      `with told as (select * from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) as t(external_id, state, reason, at)),
       settled as (
         update messages m set state = o.state, reason = o.reason, lease_until = null, sent_at = case when o.state = 'sent' then coalesce(o.at, m.sent_at) end
         from (
           select x.tenant_id, x.id, x.sent_at, t.state, t.reason, t.at from told t
           join identities i on i.channel_id = $2 and i.external_id = t.external_id
           join messages x on x.batch_id = $1 and x.identity_id = i.id and x.state in ('sending', 'awaiting', 'unknown') for update of x
         ) o where m.tenant_id = o.tenant_id and m.id = o.id
         returning m.id, m.customer_id, m.identity_id, m.kind, m.scope, m.attempts, m.state, m.reason, m.purpose, o.sent_at as sent_day
       ), ${UNCOUNTED('settled')}
       select id, customer_id as "customerId", identity_id as "identityId", kind, scope, attempts, state, reason from settled`,
      [batch.id, batch.channelId, told.map((t) => t.externalId), told.map((t) => t.state), told.map((t) => t.reason), told.map((t) => t.at)]);
  }

  /** People whom the platform refused; they may be in another batch by now. */
  async addFailed(id: string, count: number): Promise<void> {
    await this.db.exec(`update message_batches set totals = totals || jsonb_build_object('failed', coalesce((totals->>'failed')::int, 0) + $2::int) where id = $1`, [id, count]);
  }

  async underWay(id: string): Promise<number> {
    return (await this.db.one<{ n: number }>(`select count(*) as n from messages where batch_id = $1 and state in ('sending', 'awaiting')`, [id]))?.n ?? 0;
  }

  /** A cancelled dispatch's group sends end at the platform too, at the next look; one whose call is under way, once it is answered. */
  async withdraw(dispatchId: string, now: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `update message_batches set is_withdrawn = true, next_look_at = case state when 'awaiting' then $2 else next_look_at end
       where dispatch_id = $1 and state in ('sending', 'awaiting') and kind = 'contact_message' returning id`, [dispatchId, now]);
    return rows.map(({ id }) => id);
  }

  report(dispatchId: string): Promise<BatchReport[]> {
    return this.db.query<BatchReport>(
      `select b.id, b.content_index as index, case b.kind when 'mass_post' then 'post' else 'contact_task' end as kind, b.state, b.reason, b.size,
         coalesce((b.totals->>'sent')::int, s.sent) as sent, coalesce((b.totals->>'filtered')::int, 0) as filtered, coalesce((b.totals->>'failed')::int, s.failed) as failed,
         s.waiting, b.reminders, b.submitted_at as "submittedAt", b.deadline_at as "deadlineAt", b.finished_at as "finishedAt"
       from message_batches b cross join lateral (
         select count(*) filter (where m.state = 'sent')::int as sent, count(*) filter (where m.state in ('refused', 'failed'))::int as failed,
           count(*) filter (where m.state in ('sending', 'awaiting'))::int as waiting
         from messages m where m.batch_id = b.id
       ) s where b.dispatch_id = $1 order by b.created_at, b.id`, [dispatchId]);
  }
}
