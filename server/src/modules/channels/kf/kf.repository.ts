// SQL of customer-service accounts: which there are, and how far each has been read.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import type { PlatformFailure } from '../adapter.js';
import type { KfAccountFact } from '../adapters/wechat-kf/kf-desk.client.js';

export interface KfAccountRow {
  id: string;
  channelId: string;
  externalId: string;
  name: string;
  avatarUrl: string;
  isManaged: boolean;
  welcomeText: string;
  syncedAt: Date | null;
}

export interface KfReading {
  id: string;
  cursor: string;
  syncToken: string | null;
  wanted: number;
}

const COLUMNS = `k.id, k.channel_id as "channelId", k.external_id as "externalId", k.name, k.avatar_url as "avatarUrl", k.is_managed as "isManaged",
  k.welcome_text as "welcomeText", k.synced_at as "syncedAt"`;
const LEASE = `clock_timestamp() + interval '60 seconds'`; // longer than one page may take; renewed with each

@Injectable()
export class KfRepository {
  constructor(private readonly db: TenantDb) {}

  list(channelId: string): Promise<KfAccountRow[]> {
    return this.db.query<KfAccountRow>(`select ${COLUMNS} from kf_accounts k where k.channel_id = $1 and k.removed_at is null order by k.created_at, k.id`, [channelId]);
  }

  find(id: string): Promise<KfAccountRow | undefined> {
    return this.db.one<KfAccountRow>(`select ${COLUMNS} from kf_accounts k where k.id = $1`, [id]);
  }

  byExternalId(channelId: string, externalId: string): Promise<KfAccountRow | undefined> {
    return this.db.one<KfAccountRow>(`select ${COLUMNS} from kf_accounts k where k.channel_id = $1 and k.external_id = $2`, [channelId, externalId]);
  }

  /** Takes over the platform's list; what is not in it is kept, marked as gone. */
  async store(channelId: string, facts: readonly KfAccountFact[]): Promise<void> {
    await this.db.exec(
      `insert into kf_accounts (tenant_id, id, channel_id, external_id, name, avatar_url, is_managed)
       select app.current_tenant(), f.id, $1, f.external_id, f.name, f.avatar, f.managed
       from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as f(id, external_id, name, avatar, managed)
       on conflict (tenant_id, channel_id, external_id) do update set name = excluded.name, avatar_url = excluded.avatar_url, is_managed = excluded.is_managed, removed_at = null`,
      [channelId, facts.map(() => newId()), facts.map((f) => f.externalId), facts.map((f) => f.name), facts.map((f) => f.avatarUrl), facts.map((f) => f.isManaged)]);
    await this.db.exec('update kf_accounts set removed_at = now() where channel_id = $1 and removed_at is null and not (external_id = any($2::text[]))', [channelId, facts.map((f) => f.externalId)]);
  }

  async setWelcome(id: string, text: string): Promise<KfAccountRow | undefined> {
    return this.db.one<KfAccountRow>(`update kf_accounts k set welcome_text = $2 where k.id = $1 returning ${COLUMNS}`, [id, text]);
  }

  /** A push says that there is something to read. An account we do not know yet becomes known by it. */
  async want(channelId: string, externalId: string, syncToken: string): Promise<void> {
    await this.db.exec(
      `insert into kf_accounts as k (tenant_id, id, channel_id, external_id, sync_token, wanted) values (app.current_tenant(), $1, $2, $3, $4, 1)
       on conflict (tenant_id, channel_id, external_id) do update set wanted = k.wanted + 1, sync_token = excluded.sync_token`,
      [newId(), channelId, externalId, syncToken || null]);
  }

  /** The right to read an account, for one reader in all processes; undefined while another has it. */
  claim(channelId: string, externalId: string): Promise<KfReading | undefined> {
    return this.db.one<KfReading>(
      `update kf_accounts set leased_until = ${LEASE} where channel_id = $1 and external_id = $2 and (leased_until is null or leased_until < clock_timestamp())
       returning id, cursor, sync_token as "syncToken", wanted`, [channelId, externalId]);
  }

  /** One page further, if nobody else has gone on from there. */
  async advance(id: string, from: string, to: string): Promise<boolean> {
    return (await this.db.exec(`update kf_accounts set cursor = $3, leased_until = ${LEASE}, failure = null where id = $1 and cursor = $2`, [id, from, to])) > 0;
  }

  /** Read to the end as of `wanted`. True: another push came meanwhile. */
  async finish(id: string, wanted: number, now: Date): Promise<boolean> {
    const row = await this.db.one<{ more: boolean }>(
      'update kf_accounts set done = greatest(done, $2), leased_until = null, synced_at = $3, failure = null where id = $1 returning wanted > done as more', [id, wanted, now]);
    return row?.more ?? false;
  }

  /** Gives the reading up; what was asked for stays asked for. `dropToken`: the push's token was not taken. */
  async fail(id: string, { problem, code, detail }: PlatformFailure, dropToken: boolean): Promise<void> {
    await this.db.exec(
      'update kf_accounts set leased_until = null, failure = $2, sync_token = case when $3 then null else sync_token end where id = $1', [id, JSON.stringify({ problem, code, detail }), dropToken]);
  }

  /** Accounts that wait to be read and are not, and those nobody told us of for an hour. */
  due(now: Date): Promise<{ channelId: string; accountId: string }[]> {
    return this.db.query(
      `select k.channel_id as "channelId", k.external_id as "accountId" from kf_accounts k join channels h on h.id = k.channel_id
       where h.status = 'live' and k.removed_at is null and (k.leased_until is null or k.leased_until < clock_timestamp())
         and (k.wanted > k.done or k.synced_at < $1::timestamptz - interval '1 hour')`, [now]);
  }
}
