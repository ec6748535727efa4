// SQL of customers and their consents.
import { Injectable } from '@nestjs/common';
import type { TimeCursor } from '../../core/graphql/paging.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';

export interface CustomerRow {
  id: string;
  name: string | null;
  phone: string | null;
  firstSource: string | null;
  createdAt: Date;
  lastVisitAt: Date | null;
  optedOutAt: Date | null;
}

export interface CustomerFilter {
  search?: string | null;
  tagId?: string | null;
  source?: string | null;
}

export interface ConsentRecord {
  customerId: string;
  purpose: string;
  action: 'given' | 'withdrawn';
  textVersion: string;
  place: string;
  at: Date;
}

const COLUMNS = `c.id, c.name, c.phone, c.first_source as "firstSource", c.created_at as "createdAt", c.last_visit_at as "lastVisitAt",
  c.opted_out_at as "optedOutAt"`;

/** The conditions of a filter; `values` grows with their parameters. */
function conditions(filter: CustomerFilter, phone: string, values: unknown[]): string {
  const put = (value: unknown): string => `$${values.push(value)}`;
  const all: string[] = [];
  const search = filter.search?.trim();
  if (search) {
    const like = put(`%${search.replaceAll(/[\\%_]/g, '\\$&')}%`);
    const exact = put(search);
    // A clerk pastes whatever is at hand: part of a name, a phone number, an openid, or the code on a coupon.
    all.push(`(c.name ilike ${like} or c.phone = ${put(phone)}
      or c.id in (select customer_id from identities where external_id = ${exact} or union_id = ${exact})
      or c.id in (select customer_id from coupons where code = ${put(search.toUpperCase().replaceAll(/[\s-]/g, ''))}))`);
  }
  if (filter.tagId) all.push(`exists (select 1 from customer_tags t where t.customer_id = c.id and t.tag_id = ${put(filter.tagId)}::uuid)`);
  if (filter.source) all.push(`c.first_source = ${put(filter.source)}`);
  return all.length > 0 ? all.join(' and ') : 'true';
}

@Injectable()
export class CustomersRepository {
  constructor(private readonly db: TenantDb) {}

  /** Newest first, after a cursor; one more than asked. `phone` is the search in the form phones are kept in. */
  list(filter: CustomerFilter, phone: string, size: number, after?: TimeCursor): Promise<CustomerRow[]> {
    const values: unknown[] = [];
    const where = conditions(filter, phone, values);
    const place = after ? `and (c.created_at, c.id) < ($${values.push(after.at)}, $${values.push(after.id)}::uuid)` : '';
    return this.db.query<CustomerRow>(
      `select ${COLUMNS} from customers c where ${where} ${place} order by c.created_at desc, c.id desc limit $${values.push(size + 1)}`, values,
    );
  }

  /** A number that the platform verified, for whoever stands behind this identity and has none yet. */
  async fillPhone(identityId: string, phone: string): Promise<void> {
    await this.db.exec('update customers set phone = $2 where phone is null and id = (select customer_id from identities where id = $1)', [identityId, phone]);
  }

  async count(filter: CustomerFilter, phone: string): Promise<number> {
    const values: unknown[] = [];
    const where = conditions(filter, phone, values);
    const row = await this.db.one<{ count: number }>(`select count(*) from customers c where ${where}`, values);
    return row?.count ?? 0;
  }

  byIds(ids: readonly string[]): Promise<CustomerRow[]> {
    return this.db.query<CustomerRow>(`select ${COLUMNS} from customers c where c.id = any($1::uuid[])`, [ids]);
  }

  /** Undefined leaves a field alone; null forgets it. */
  update(id: string, patch: { name?: string | null; phone?: string | null }): Promise<CustomerRow | undefined> {
    return this.db.one<CustomerRow>(
      `update customers c set name = case when $2 then $3 else name end, phone = case when $4 then $5 else phone end where id = $1 returning ${COLUMNS}`,
      [id, patch.name !== undefined, patch.name ?? null, patch.phone !== undefined, patch.phone ?? null],
    );
  }

  /** True when this changed something: saying it twice is saying it once. */
  async setOptOut(id: string, at: Date | null): Promise<boolean> {
    return (await this.db.exec('update customers set opted_out_at = $2 where id = $1 and (opted_out_at is null) <> ($2::timestamptz is null)', [id, at])) > 0;
  }

  /** Appends to the consent ledger: nothing there is ever changed. */
  async recordConsent(consent: ConsentRecord): Promise<void> {
    await this.db.exec(
      `insert into consents (tenant_id, id, customer_id, purpose, action, basis, text_version, place, occurred_at)
       values (app.current_tenant(), $1, $2, $3, $4, 'consent', $5, $6, $7)`,
      [newId(), consent.customerId, consent.purpose, consent.action, consent.textVersion, consent.place, consent.at],
    );
  }

  /** Touches that a browser left before we knew who it was become this customer's. The first one says where the customer came from. */
  async adoptTouches(customerId: string, visitorId: string): Promise<number> {
    const adopted = await this.db.prepared<{ source: string; occurredAt: Date }>(
      'touches_adopt',
      `update touches set customer_id = $1 where visitor_id = $2 and customer_id is null returning source, occurred_at as "occurredAt"`, [customerId, visitorId],
    );
    const first = adopted.toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime())[0];
    if (!first) return 0;
    const last = adopted.reduce((latest, touch) => (touch.occurredAt > latest ? touch.occurredAt : latest), first.occurredAt);
    await this.noteVisit(customerId, first.source, last);
    return adopted.length;
  }

  /** A visit: the first source stays the first, the last visit moves on. */
  async noteVisit(customerId: string, source: string | undefined, at: Date): Promise<void> {
    await this.db.prepared(
      'customers_visit',
      'update customers set first_source = coalesce(first_source, $2), last_visit_at = greatest(last_visit_at, $3) where id = $1', [customerId, source ?? null, at],
    );
  }
}
