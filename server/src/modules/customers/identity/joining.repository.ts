// SQL of joining people: what names several as one, and the join itself.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { JoinCandidate, JoinEvidence } from './join.js';

/** People whom one piece of evidence names together. */
export interface JoinGroup {
  evidence: JoinEvidence;
  key: string;
  people: JoinCandidate[];
}

// Which column speaks, and for which rows. An external_userid is the company's: it names the same person at all its accounts.
const SPEAKS: Record<JoinEvidence, { key: string; where: string }> = {
  union: { key: 'i.union_id', where: 'i.union_id is not null' },
  external_userid: { key: `h.app_id || '/' || i.external_id`, where: `i.kind = 'external_userid' and h.platform in ('wecom', 'wechat_kf')` },
  phone: { key: 'i.verified_phone', where: 'i.verified_phone is not null' },
};

/** What narrows the search to a few keys; without it everybody is looked at. */
const AMONG: Record<JoinEvidence, string> = {
  union: 'i.union_id = any($1)',
  external_userid: 'i.external_id = any($1)',
  phone: 'i.verified_phone = any($1)',
};

@Injectable()
export class JoiningRepository {
  constructor(private readonly db: TenantDb) {}

  /** Groups of several people that share evidence; only those with these union ids, phones or external ids when given, or those after a key. */
  async groups(evidence: JoinEvidence, keys: readonly string[] | undefined, limit: number, after = ''): Promise<JoinGroup[]> {
    const { key, where } = SPEAKS[evidence];
    const among = keys === undefined ? '$1::text[] is null' : AMONG[evidence];
    const rows = await this.db.query<{ key: string; people: JoinCandidate[] }>(
      `with shared as (
         select ${key} as key, array_agg(distinct i.customer_id) as ids from identities i join channels h on h.tenant_id = i.tenant_id and h.id = i.channel_id
         where ${where} and i.revoked_at is null and ${among} and ${key} > $3
         group by 1 having count(distinct i.customer_id) > 1 order by 1 limit $2
       )
       select s.key, jsonb_agg(jsonb_build_object('customerId', c.id, 'createdAt', c.created_at, 'identities', d.list) order by c.created_at, c.id) as people
       from shared s cross join lateral unnest(s.ids) p(id) join customers c on c.id = p.id
       cross join lateral (
         select coalesce(jsonb_agg(jsonb_build_object('channelId', x.channel_id, 'kind', x.kind, 'externalId', x.external_id, 'unionId', x.union_id)), '[]') as list
         from identities x where x.customer_id = c.id and x.revoked_at is null
       ) d group by s.key order by s.key`,
      [keys ?? null, limit, after],
    );
    return rows.map((row) => ({ evidence, key: row.key, people: row.people.map((person) => ({ ...person, createdAt: new Date(person.createdAt) })) }));
  }

  /** @returns whom it joined; the others have a message under way, or are gone. */
  async merge(pairs: readonly { from: string; into: string }[], evidence: JoinEvidence, now: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      'select app.merge_customers($1::uuid[], $2::uuid[], $3, $4) as id', [pairs.map((p) => p.from), pairs.map((p) => p.into), evidence, now],
    );
    return rows.map((row) => row.id);
  }

  /** What the platform told of known identities. Another union id than before replaces it: the account moved to another open platform. */
  async note(identityIds: readonly string[], unionIds: readonly (string | null)[], phones: readonly (string | null)[]): Promise<void> {
    await this.db.exec(
      `update identities i set union_id = coalesce(r.union_id, i.union_id), verified_phone = coalesce(r.phone, i.verified_phone)
       from unnest($1::uuid[], $2::text[], $3::text[]) r(id, union_id, phone)
       where i.id = r.id and i.revoked_at is null
         and (i.union_id is distinct from coalesce(r.union_id, i.union_id) or i.verified_phone is distinct from coalesce(r.phone, i.verified_phone))`,
      [identityIds, unionIds, phones],
    );
  }

  /** Who these old ids are now. */
  async current(oldIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.db.query<{ oldId: string; customerId: string }>(
      'select old_id as "oldId", customer_id as "customerId" from customer_aliases where old_id = any($1::uuid[])', [oldIds],
    );
    return new Map(rows.map((row) => [row.oldId, row.customerId]));
  }

  /** The joins since a moment, for those who remember ids. */
  mergedSince(since: Date): Promise<{ oldId: string; customerId: string; mergedAt: Date }[]> {
    return this.db.query('select old_id as "oldId", customer_id as "customerId", merged_at as "mergedAt" from customer_aliases where merged_at > $1', [since]);
  }

  /** Marks people as no longer following or no longer a contact, or takes the mark away. */
  async mark(identityIds: readonly string[], leftAt: Date | null): Promise<void> {
    await this.db.exec('update identities set left_at = $2 where id = any($1::uuid[]) and (left_at is null) <> ($2::timestamptz is null)', [identityIds, leftAt]);
  }

  /** Whether an account's people carry union ids, and whether another account knows some of them. */
  async unionState(channelId: string): Promise<'none' | 'alone' | 'shared'> {
    const row = await this.db.one<{ some: boolean; shared: boolean }>(
      `with mine as (select union_id from identities where channel_id = $1 and union_id is not null limit 500)
       select exists (select 1 from mine) as some,
         exists (select 1 from mine m join identities o on o.union_id = m.union_id and o.channel_id <> $1) as shared`,
      [channelId],
    );
    return row?.shared ? 'shared' : row?.some ? 'alone' : 'none';
  }
}
