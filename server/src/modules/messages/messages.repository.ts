// SQL of messages as people and platforms see them afterwards: lists, receipts, taps.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { PersonFacts, RungVerdict } from './plan.js';

export interface MessageRow {
  id: string;
  dispatchId: string;
  purpose: string;
  customerId: string;
  channelId: string | null;
  kind: string | null;
  state: string;
  reason: string | null;
  considered: RungVerdict[] | null;
  dueAt: Date;
  sentAt: Date | null;
  receipt: string | null;
  tappedAt: Date | null;
  createdAt: Date;
}

export interface Receipt {
  externalId: string;
  /** Null: a notice to a follower, whose report names none. */
  templateExternalId: string | null;
  platformId: string;
  receipt: 'delivered' | 'failed';
  at: Date;
}

export interface MessageFilter {
  dispatchId: string;
  state?: string | null | undefined;
  reason?: string | null | undefined;
  afterId?: string | undefined;
}

const COLUMNS = `m.id, m.dispatch_id as "dispatchId", m.purpose, m.customer_id as "customerId", m.channel_id as "channelId", m.kind, m.state, m.reason, m.considered,
  m.due_at as "dueAt", case when m.state in ('sent', 'unknown') then m.sent_at end as "sentAt", m.receipt, m.tapped_at as "tappedAt", m.created_at as "createdAt"`;

const RECEIPTS = `unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) as r(external_id, template, platform_id, receipt, at)`;

@Injectable()
export class MessagesRepository {
  constructor(private readonly db: TenantDb) {}

  /** People of one dispatch in the order they were planned. */
  list({ dispatchId, state, reason, afterId }: MessageFilter, limit: number): Promise<MessageRow[]> {
    return this.db.query<MessageRow>(
      `select ${COLUMNS} from messages m
       where m.dispatch_id = $1 and ($2::text is null or m.state = $2) and ($3::text is null or m.reason = $3) and ($4::uuid is null or m.id > $4)
       order by m.id limit $5`, [dispatchId, state ?? null, reason ?? null, afterId ?? null, limit]);
  }

  /** The newest of each customer. */
  ofCustomers(customerIds: readonly string[], first: number): Promise<MessageRow[]> {
    return this.db.query<MessageRow>(
      `select l.* from unnest($1::uuid[]) c(id) cross join lateral (
         select ${COLUMNS} from messages m where m.customer_id = c.id order by m.created_at desc, m.id desc limit $2) l`, [customerIds, first]);
  }

  async dispatchExists(id: string): Promise<boolean> {
    return (await this.db.one('select 1 from dispatches where id = $1 union all select 1 from campaigns where id = $1', [id])) !== undefined;
  }

  async factsOf(customerId: string, at: Date): Promise<PersonFacts> {
    const row = await this.db.one<PersonFacts>(
      `select c.name, k.name as "couponName", k.expires_at as "couponExpiresAt" from customers c
       left join lateral (
         select t.name, h.expires_at from coupons h join coupon_templates t on t.id = h.template_id
         where h.customer_id = c.id and h.state = 'claimed' and h.expires_at > $2 order by h.expires_at, h.id limit 1
       ) k on true where c.id = $1`, [customerId, at]);
    return row ?? { name: null, couponName: null, couponExpiresAt: null };
  }

  /** Enters the platform's own word on messages it named; answers the platform ids it knew. */
  async receiveById(channelId: string, receipts: readonly Receipt[]): Promise<Set<string>> {
    const rows = await this.db.query<{ id: string }>(
      `update messages m set receipt = coalesce(m.receipt, r.receipt), receipt_at = coalesce(m.receipt_at, r.at),
         state = case m.state when 'unknown' then 'sent' else m.state end, reason = case m.state when 'unknown' then null else m.reason end
       from ${RECEIPTS} where m.channel_id = $1 and m.platform_id = r.platform_id returning m.platform_id as id`, [channelId, ...columnsOf(receipts)]);
    return new Set(rows.map((row) => row.id));
  }

  /**
   * The same where we never learned the platform's id: the answer was lost, or this came first. It belongs to the oldest message to
   * that person with that template that is under way, unknown, or sent without an id, and was begun before the receipt.
   */
  async receiveByPerson(channelId: string, receipts: readonly Receipt[]): Promise<number> {
    return this.db.exec(
      `with told as (
         select distinct on (x.id) x.id, r.platform_id, r.receipt, r.at
         from ${RECEIPTS}
         join identities i on i.channel_id = $1 and i.external_id = r.external_id
         left join message_templates t on t.channel_id = $1 and t.external_id = r.template
         cross join lateral (
           select m.id from messages m
           where m.customer_id = i.customer_id and m.identity_id = i.id and (m.scope = t.id::text or (r.template is null and m.kind = 'template_message')) and m.state in ('sending', 'unknown', 'sent')
             and m.platform_id is null and m.receipt is null and m.sent_at <= r.at + interval '2 minutes'
           order by m.sent_at, m.id limit 1
         ) x order by x.id, r.at
       )
       update messages m set receipt = told.receipt, receipt_at = told.at, platform_id = told.platform_id,
         state = case m.state when 'unknown' then 'sent' else m.state end, reason = case m.state when 'unknown' then null else m.reason end
       from told where m.id = told.id and m.receipt is null`, [channelId, ...columnsOf(receipts)]);
  }

  /** The person tapped; only the person it was sent to can. Undefined when this is no message of theirs or was known. */
  async tap(id: string, customerId: string, at: Date): Promise<{ dispatchId: string } | undefined> {
    return this.db.one(
      `update messages set tapped_at = $3 where id = $1 and customer_id = $2 and tapped_at is null and state in ('sending', 'awaiting', 'sent', 'unknown')
       returning dispatch_id as "dispatchId"`, [id, customerId, at]);
  }
}

function columnsOf(receipts: readonly Receipt[]): unknown[] {
  return [receipts.map((r) => r.externalId), receipts.map((r) => r.templateExternalId), receipts.map((r) => r.platformId), receipts.map((r) => r.receipt), receipts.map((r) => r.at)];
}
