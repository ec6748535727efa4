// SQL of identities: who somebody is at one connected account.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';

export interface IdentityRow {
  id: string;
  customerId: string;
  channelId: string;
  kind: string;
  externalId: string;
  unionId: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  revokedAt: Date | null;
}

export interface NewIdentity {
  channelId: string;
  kind: string;
  externalId: string;
  unionId?: string | undefined;
}

const COLUMNS = `id, customer_id as "customerId", channel_id as "channelId", kind, external_id as "externalId", union_id as "unionId",
  created_at as "createdAt", last_seen_at as "lastSeenAt", revoked_at as "revokedAt"`;

@Injectable()
export class IdentityRepository {
  constructor(private readonly db: TenantDb) {}

  /** Known identities among these ids of one channel. */
  find(channelId: string, kind: string, externalIds: readonly string[]): Promise<IdentityRow[]> {
    return this.db.prepared<IdentityRow>(
      'identities_find',
      `select ${COLUMNS} from identities where channel_id = $1 and kind = $2 and external_id = any($3)`, [channelId, kind, externalIds],
    );
  }

  ofCustomers(customerIds: readonly string[]): Promise<IdentityRow[]> {
    return this.db.query<IdentityRow>(
      `select ${COLUMNS} from identities where customer_id = any($1::uuid[]) and revoked_at is null order by created_at, id`, [customerIds],
    );
  }

  /**
   * Makes everyone else who is about to create one of these people wait, until this transaction ends.
   * Sorted, so that two batches cannot wait for each other.
   */
  async lock(keys: readonly string[]): Promise<void> {
    await this.db.prepared(
      'identities_lock',
      `select pg_advisory_xact_lock(k) from (select distinct hashtextextended(app.current_tenant() || t, 7215) as k from unnest($1::text[]) t order by 1) locks`,
      [keys],
    );
  }

  /** The customers that carry these union ids at any account of the merchant. */
  async byUnion(unionIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.db.query<{ unionId: string; customerId: string }>(
      `select distinct on (union_id) union_id as "unionId", customer_id as "customerId" from identities
       where union_id = any($1) order by union_id, created_at, id`, [unionIds],
    );
    return new Map(rows.map((row) => [row.unionId, row.customerId]));
  }

  /** New people and their identities, in one statement. */
  insert(customerIds: readonly string[], rows: readonly (NewIdentity & { customerId: string })[], now: Date): Promise<IdentityRow[]> {
    return this.db.prepared<IdentityRow>(
      'identities_insert',
      `with people as (insert into customers (tenant_id, id, created_at) select app.current_tenant(), id, $7 from unnest($8::uuid[]) id)
       insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id, union_id, created_at, last_seen_at)
       select app.current_tenant(), r.id, r.customer_id, r.channel_id, r.kind, r.external_id, r.union_id, $7, $7
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[]) as r(id, customer_id, channel_id, kind, external_id, union_id)
       returning ${COLUMNS}`,
      [rows.map(() => newId()), rows.map((r) => r.customerId), rows.map((r) => r.channelId), rows.map((r) => r.kind),
        rows.map((r) => r.externalId), rows.map((r) => r.unionId ?? null), now, customerIds],
    );
  }

  /** Somebody came back: seen now, no longer revoked, and their union id as the platform tells it now. */
  async seen(id: string, unionId: string | undefined, now: Date): Promise<void> {
    await this.db.exec(
      'update identities set last_seen_at = greatest(last_seen_at, $3), revoked_at = null, left_at = null, union_id = coalesce($2, union_id) where id = $1', [id, unionId ?? null, now],
    );
  }

  /** Another id of the same person at the same account, unless somebody has it. */
  async addSibling(identityId: string, externalId: string, now: Date): Promise<void> {
    await this.db.exec(
      `insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id, union_id, created_at, last_seen_at)
       select tenant_id, $2, customer_id, channel_id, kind, $3, union_id, $4, $4 from identities where id = $1 on conflict do nothing`,
      [identityId, newId(), externalId, now],
    );
  }

  /** Marks identities whose person withdrew the authorisation, and forgets the person's own data. */
  async revoke(channelId: string, externalIds: readonly string[], now: Date): Promise<string[]> {
    const rows = await this.db.query<{ customerId: string }>(
      `update identities set revoked_at = $3, union_id = null, verified_phone = null where channel_id = $1 and external_id = any($2) and revoked_at is null
       returning customer_id as "customerId"`, [channelId, externalIds, now],
    );
    const customerIds = rows.map((row) => row.customerId);
    await this.db.exec('update customers set name = null, phone = null where id = any($1::uuid[])', [customerIds]);
    // Those who were joined into these people are kept as they were: their own data goes too.
    await this.db.exec(`update customer_aliases set was = was - 'name' - 'phone' where customer_id = any($1::uuid[])`, [customerIds]);
    return customerIds;
  }
}
