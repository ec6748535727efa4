// All SQL of connected accounts and their templates.
import { Injectable } from '@nestjs/common';
import { SystemDb } from '../../core/db/system-db.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { CallbackFormat, CallbackMode, CallbackRefusal } from './adapter.js';
import type { ChannelStatus, Checks } from './channel.js';

export interface ChannelRow {
  tenant_id: string;
  id: string;
  platform: string;
  name: string;
  app_id: string;
  original_id: string | null;
  status: ChannelStatus;
  status_reason: string | null;
  credentials: Buffer | null;
  settings: Record<string, unknown>;
  /** Who speaks for it: its own secret, or the operator's platform app by a grant. */
  authorisation: 'secret' | 'platform';
  /** When the merchant took the grant back; null while it holds, and for an account with a secret. */
  grant_ended_at: Date | null;
  callback_mode: CallbackMode;
  callback_format: CallbackFormat;
  checks: Checks;
  last_callback_at: Date | null;
  rejected_callbacks: number;
  last_rejection: { at: string; reason: CallbackRefusal } | null;
  send_rate_per_second: number;
  daily_send_limit: number | null;
  created_at: Date;
  token_fetched_at: Date | null;
  token_expires_at: Date | null;
  sent_today: number;
}

const SELECT = `select c.*, case when c.authorisation = 'platform' then g.revoked_at end as grant_ended_at, t.fetched_at as token_fetched_at, t.expires_at as token_expires_at,
    case when r.day = (now() at time zone 'Asia/Shanghai')::date then r.used_in_day else 0 end as sent_today
  from channels c
  left join channel_tokens t on t.tenant_id = c.tenant_id and t.channel_id = c.id
  left join channel_grants g on g.tenant_id = c.tenant_id and g.channel_id = c.id
  left join channel_rates r on r.tenant_id = c.tenant_id and r.channel_id = c.id`;

/** What may change on a channel; keys are columns. */
export type ChannelPatch = Partial<Pick<ChannelRow,
  'name' | 'original_id' | 'status' | 'status_reason' | 'credentials' | 'settings' | 'authorisation' | 'callback_mode' | 'callback_format' | 'checks'
  | 'send_rate_per_second' | 'daily_send_limit'>>;

const PATCHABLE = ['name', 'original_id', 'status', 'status_reason', 'credentials', 'settings', 'authorisation', 'callback_mode', 'callback_format', 'checks', 'send_rate_per_second', 'daily_send_limit'] as const;

@Injectable()
export class ChannelsRepository {
  constructor(private readonly db: TenantDb, private readonly systemDb: SystemDb) {}

  /** Connected accounts; the built-in web page is none. */
  list(): Promise<ChannelRow[]> {
    return this.db.query<ChannelRow>(`${SELECT} where c.platform <> 'h5' order by c.created_at, c.id`);
  }

  find(id: string): Promise<ChannelRow | undefined> {
    return this.db.one<ChannelRow>(`${SELECT} where c.id = $1`, [id]);
  }

  findByApp(platform: string, appId: string): Promise<{ id: string; status: ChannelStatus } | undefined> {
    return this.db.one('select id, status from channels where platform = $1 and app_id = $2', [platform, appId]);
  }

  /** Before the tenant is known: a callback names only the channel. */
  findInSystemScope(id: string): Promise<ChannelRow | undefined> {
    return this.systemDb.read('a callback names the channel, and only the channel tells the tenant', () =>
      this.systemDb.one<ChannelRow>(`${SELECT} where c.id = $1`, [id]));
  }

  /** @throws conflict (23505) when this app is connected already. */
  async insert(row: Pick<ChannelRow, 'tenant_id' | 'id' | 'platform' | 'name' | 'app_id' | 'original_id' | 'credentials' | 'settings' | 'callback_mode' | 'callback_format' | 'checks' | 'status' | 'status_reason'>): Promise<void> {
    await this.db.exec(
      `insert into channels (tenant_id, id, platform, name, app_id, original_id, credentials, callback_mode, callback_format, checks, status, status_reason, settings)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [row.tenant_id, row.id, row.platform, row.name, row.app_id, row.original_id, row.credentials, row.callback_mode, row.callback_format, row.checks, row.status, row.status_reason, row.settings],
    );
    await this.db.exec('insert into channel_tokens (tenant_id, channel_id) values ($1, $2)', [row.tenant_id, row.id]);
    await this.db.exec('insert into channel_rates (tenant_id, channel_id) values ($1, $2)', [row.tenant_id, row.id]);
  }

  /** Two first visitors at once meet in the unique key and get the same row. */
  async insertBuiltIn({ tenantId, id, platform, name }: { tenantId: string; id: string; platform: string; name: string }): Promise<string> {
    const row = await this.db.one<{ id: string }>(
      `insert into channels (tenant_id, id, platform, name, app_id, status) values ($1, $2, $3, $4, $3, 'live')
       on conflict (tenant_id, platform, app_id) do update set platform = excluded.platform returning id`,
      [tenantId, id, platform, name],
    );
    return row?.id ?? id;
  }

  async patch(id: string, patch: ChannelPatch): Promise<void> {
    const columns = PATCHABLE.filter((column) => patch[column] !== undefined);
    if (columns.length === 0) return;
    const sets = columns.map((column, index) => `${column} = $${index + 2}`);
    await this.db.exec(`update channels set ${sets.join(', ')} where id = $1`, [id, ...columns.map((column) => patch[column])]);
  }

  /** Merges steps into the recorded checks, keeping those not named. */
  async recordChecks(id: string, checks: Checks): Promise<Checks> {
    const row = await this.db.one<{ checks: Checks }>('update channels set checks = checks || $2::jsonb where id = $1 returning checks', [id, JSON.stringify(checks)]);
    return row?.checks ?? checks;
  }

  /** A send was refused for the account's sake: a live channel is failing from now on. True if that was news. */
  async markFailing(id: string, reason: string): Promise<boolean> {
    return (await this.db.exec(`update channels set status = 'failing', status_reason = $2 where id = $1 and status = 'live'`, [id, reason])) > 0;
  }

  /** Notes that the platform reached us; at most one write in ten seconds. */
  async noteCallback(id: string, at: Date): Promise<void> {
    await this.db.exec(`update channels set last_callback_at = $2 where id = $1 and (last_callback_at is null or last_callback_at < $2::timestamptz - interval '10 seconds')`, [id, at]);
  }

  async noteRejections(id: string, count: number, last: { at: Date; reason: CallbackRefusal }): Promise<void> {
    await this.db.exec('update channels set rejected_callbacks = rejected_callbacks + $2, last_rejection = $3 where id = $1', [id, count, { at: last.at.toISOString(), reason: last.reason }]);
  }

  /** Seals anew what an old key sealed, unless someone else changed it meanwhile. */
  async reseal(id: string, old: Buffer, fresh: Buffer): Promise<void> {
    await this.db.exec('update channels set credentials = $3 where id = $1 and credentials = $2', [id, old, fresh]);
  }
}
