// The timeline: what happened with a customer, each fact once.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';

export interface TimelineFact {
  customerId: string;
  /** Like an event: coupon.claimed, subscription.accepted (console: timeline.<type>). */
  type: string;
  occurredAt: Date;
  /** The fact's own key: told twice, stored once. */
  sourceKey?: string | undefined;
  /** Coupon, message, offer or campaign concerned. */
  subjectId?: string | undefined;
  detail?: Record<string, unknown> | undefined;
}

export interface TimelineEntry {
  id: string;
  customerId: string;
  type: string;
  occurredAt: Date;
  subjectId: string | null;
  detail: Record<string, unknown>;
}

@Injectable()
export class TimelineService {
  constructor(private readonly db: TenantDb) {}

  /** Writes many facts in one statement, in the caller's transaction; a fact whose key is known is left alone. */
  async record(facts: readonly TimelineFact[]): Promise<void> {
    if (facts.length === 0) return;
    await this.db.prepared(
      'timeline_record',
      `insert into customer_events (tenant_id, id, customer_id, type, occurred_at, source_key, subject_id, detail)
       select app.current_tenant(), r.id, coalesce(a.customer_id, r.customer_id), r.type, r.occurred_at, r.source_key, r.subject_id, r.detail
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::uuid[], $7::jsonb[]) r(id, customer_id, type, occurred_at, source_key, subject_id, detail)
       left join customer_aliases a on a.old_id = r.customer_id -- a job that waited may name who was joined with another meanwhile
       on conflict do nothing`,
      [
        facts.map(() => newId()), facts.map((f) => f.customerId), facts.map((f) => f.type), facts.map((f) => f.occurredAt),
        facts.map((f) => f.sourceKey ?? null), facts.map((f) => f.subjectId ?? null), facts.map((f) => JSON.stringify(f.detail ?? {})),
      ],
    );
  }

  /** Recorded facts and the messages that were sent: the newest entries of each customer, after a cursor; one more than asked, so that the caller knows whether there are more. */
  async pageOf(customerIds: readonly string[], first: number, after?: { at: Date; id: string }): Promise<TimelineEntry[]> {
    return this.db.query<TimelineEntry>(
      `select e.id, e.customer_id as "customerId", e.type, e.occurred_at as "occurredAt", e.subject_id as "subjectId", e.detail
       from unnest($1::uuid[]) c(id) cross join lateral (
         select * from customer_timeline where customer_id = c.id and ($3::timestamptz is null or (occurred_at, id) < ($3, $4::uuid))
         order by occurred_at desc, id desc limit $2
       ) e order by e.occurred_at desc, e.id desc`,
      [customerIds, first + 1, after?.at ?? null, after?.id ?? null],
    );
  }
}
