// All SQL of permits and their credits. Callers lock the permits first; everything after that is arithmetic on locked rows.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { PermitState } from './permit.js';
import type { KnownGrant, Reporter } from './prompt.js';
import { releaseCtes } from './release-sql.js';

export interface PermitKey {
  identityId: string;
  kind: string;
  scope: string;
}

export interface NewCredit extends PermitKey {
  id: string;
  change: number;
  reason: string;
  sourceKey: string;
  matchedKey?: string | null;
  reportedBy: Reporter | 'system';
  evidence?: Record<string, unknown>;
  occurredAt: Date;
}

/** The new state of a locked permit; left out: unchanged. */
export interface PermitChange extends PermitKey {
  remaining: number | null;
  granted: number;
  openedAt?: Date | undefined;
  expiresAt?: Date | undefined;
  refusedAt?: Date | undefined;
}

const KEYS = 'unnest($1::uuid[], $2::text[], $3::text[]) as k(identity_id, kind, scope)';
const columns = (keys: readonly PermitKey[]): [string[], string[], string[]] => [
  keys.map((k) => k.identityId), keys.map((k) => k.kind), keys.map((k) => k.scope),
];

@Injectable()
export class LedgerRepository {
  constructor(private readonly db: TenantDb) {}

  /** Makes the permits that are missing and locks all of them, in one order for everybody. */
  async lock(keys: readonly PermitKey[]): Promise<PermitState[]> {
    await this.db.exec(
      `insert into permits (tenant_id, identity_id, kind, scope, remaining)
       select distinct on (1, 2, 3, 4) app.current_tenant(), k.identity_id, k.kind, k.scope, 0 from ${KEYS} order by 1, 2, 3, 4
       on conflict do nothing`, columns(keys));
    return this.db.query<PermitState>(
      `select p.identity_id as "identityId", p.kind, p.scope, p.remaining, p.opened_at as "openedAt", p.expires_at as "expiresAt", p.refused_at as "refusedAt"
       from permits p join (select distinct * from ${KEYS}) k on k.identity_id = p.identity_id and k.kind = p.kind and k.scope = p.scope
       order by p.identity_id, p.kind, p.scope for update of p`, columns(keys));
  }

  /** Grants by accept of these permits near these times, and whatever carries one of these keys already. */
  grants(keys: readonly PermitKey[], near: { from: Date; to: Date }, sourceKeys: readonly string[]): Promise<KnownGrant[]> {
    return this.db.query<KnownGrant>(
      `select c.id as "creditId", c.identity_id as "identityId", c.kind, c.scope, c.source_key as "sourceKey", c.matched_key as "matchedKey",
         c.reported_by as "reportedBy", c.occurred_at as "occurredAt"
       from permit_credits c join (select distinct * from ${KEYS}) k on k.identity_id = c.identity_id and k.kind = c.kind and k.scope = c.scope
       where c.reason = 'accepted' and ((c.occurred_at between $4 and $5) or c.source_key = any($6) or c.matched_key = any($6))`,
      [...columns(keys), near.from, near.to, sourceKeys]);
  }

  /** Which of these keys the ledger knows, whatever they did. */
  async known(sourceKeys: readonly string[]): Promise<Set<string>> {
    const rows = await this.db.query<{ key: string }>('select source_key as key from permit_credits where source_key = any($1)', [sourceKeys]);
    return new Set(rows.map((row) => row.key));
  }

  async match(matches: readonly { creditId: string; matchedKey: string }[]): Promise<void> {
    if (matches.length === 0) return;
    await this.db.exec(
      'update permit_credits c set matched_key = m.key from unnest($1::uuid[], $2::text[]) as m(id, key) where c.id = m.id and c.matched_key is null',
      [matches.map((m) => m.creditId), matches.map((m) => m.matchedKey)]);
  }

  async credit(credits: readonly NewCredit[]): Promise<void> {
    if (credits.length === 0) return;
    await this.db.exec(
      `insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, matched_key, reported_by, evidence, occurred_at)
       select app.current_tenant(), c.id, i.channel_id, c.identity_id, c.kind, c.scope, c.change, c.reason, c.source_key, c.matched_key, c.reported_by, c.evidence, c.occurred_at
       from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[], $11::timestamptz[])
         as c(identity_id, kind, scope, id, change, reason, source_key, matched_key, reported_by, evidence, occurred_at)
       join identities i on i.id = c.identity_id`,
      [...columns(credits), credits.map((c) => c.id), credits.map((c) => c.change), credits.map((c) => c.reason), credits.map((c) => c.sourceKey),
        credits.map((c) => c.matchedKey ?? null), credits.map((c) => c.reportedBy), credits.map((c) => JSON.stringify(c.evidence ?? {})), credits.map((c) => c.occurredAt)]);
  }

  /** Writes locked permits. `granted` is added, the rest set. */
  async change(changes: readonly PermitChange[], now: Date): Promise<void> {
    if (changes.length === 0) return;
    await this.db.exec(
      `update permits p set remaining = k.remaining, granted = p.granted + k.granted, opened_at = coalesce(k.opened_at, p.opened_at),
         expires_at = coalesce(k.expires_at, p.expires_at), refused_at = greatest(k.refused_at, p.refused_at), updated_at = $9
       from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])
         as k(identity_id, kind, scope, remaining, granted, opened_at, expires_at, refused_at)
       where p.identity_id = k.identity_id and p.kind = k.kind and p.scope = k.scope`,
      [...columns(changes), changes.map((c) => c.remaining), changes.map((c) => c.granted), changes.map((c) => c.openedAt ?? null),
        changes.map((c) => c.expiresAt ?? null), changes.map((c) => c.refusedAt ?? null), now]);
  }

  /** Messages that are reserved against each permit and may still be sent. */
  async outstanding(keys: readonly PermitKey[]): Promise<Map<string, number>> {
    const rows = await this.db.query<PermitKey & { n: number }>(
      `select k.identity_id as "identityId", k.kind, k.scope, count(m.id) as n
       from (select distinct * from ${KEYS}) k join identities i on i.id = k.identity_id
       left join messages m on m.customer_id = i.customer_id and m.identity_id = k.identity_id and m.kind = k.kind and m.scope = k.scope
         and m.state in ('planned', 'leased', 'sending', 'awaiting')
       group by 1, 2, 3`, columns(keys));
    return new Map(rows.map((row) => [`${row.identityId}/${row.kind}/${row.scope}`, row.n]));
  }

  /** Worth of the accepts after a moment, per permit: they outlive a refusal of that moment. */
  async acceptsAfter(keys: readonly (PermitKey & { at: Date })[]): Promise<Map<string, number>> {
    const rows = await this.db.query<PermitKey & { n: number }>(
      `select k.identity_id as "identityId", k.kind, k.scope, coalesce(sum(c.change), 0)::bigint as n
       from (select identity_id, kind, scope, max(at) as at from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as u(identity_id, kind, scope, at) group by 1, 2, 3) k
       left join permit_credits c on c.identity_id = k.identity_id and c.kind = k.kind and c.scope = k.scope and c.reason = 'accepted' and date_trunc('second', c.occurred_at) > k.at -- the platform tells whole seconds: within one, a refusal wins
       group by 1, 2, 3`, [...columns(keys), keys.map((k) => k.at)]);
    return new Map(rows.map((row) => [`${row.identityId}/${row.kind}/${row.scope}`, row.n]));
  }

  /** Who follows (again) may be written to by template, whatever the platform said before. */
  async followed(identityIds: readonly string[], now: Date): Promise<void> {
    await this.db.exec(
      `update permits set remaining = null, opened_at = $2, updated_at = $2 where identity_id = any($1::uuid[]) and kind = 'template_message' and remaining is not null`,
      [identityIds, now]);
  }

  /** Sends that were reserved and will not be made. */
  async release(keys: readonly PermitKey[], now: Date): Promise<void> {
    if (keys.length === 0) return;
    await this.db.query(`with freed as materialized (select * from ${KEYS}), ${releaseCtes('$4')} select 1`, [...columns(keys), now]);
  }

  /** Closes windows that are over, at most `limit` at once; each leaves a credit of what was left. Returns how many. */
  expire(now: Date, limit: number): Promise<number> {
    return this.db.exec(
      `with due as materialized (
         select p.identity_id, p.kind, p.scope, p.remaining, p.expires_at from permits p
         where p.expires_at <= $1 and p.remaining > 0 order by p.expires_at limit $2 for update of p skip locked
       ), closed as (
         update permits p set remaining = 0, updated_at = $1 from due d
         where p.identity_id = d.identity_id and p.kind = d.kind and p.scope = d.scope
       )
       insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, reported_by, evidence, occurred_at)
       select app.current_tenant(), app.new_id(), i.channel_id, d.identity_id, d.kind, d.scope, -d.remaining, 'expired',
         'expired:' || d.identity_id || ':' || d.kind || ':' || d.scope || ':' || extract(epoch from d.expires_at), 'system', '{}', d.expires_at
       from due d join identities i on i.id = d.identity_id`, [now, limit]);
  }
}
