// All SQL of what merchants granted, and of authorisations under way.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { SystemDb } from '../../../core/db/system-db.js';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface GrantRow {
  channel_id: string;
  refresh_token: Buffer | null;
  permissions: number[];
  authorised_at: Date;
  revoked_at: Date | null;
}

export interface NewStart {
  id: string;
  stateHash: Buffer;
  platform: string;
  startedBy: string;
  expiresAt: Date;
}

@Injectable()
export class GrantsRepository {
  constructor(private readonly db: TenantDb, private readonly systemDb: SystemDb) {}

  find(channelId: string): Promise<GrantRow | undefined> {
    return this.db.one<GrantRow>('select channel_id, refresh_token, permissions, authorised_at, revoked_at from channel_grants where channel_id = $1', [channelId]);
  }

  /** The same, held until the end of the write. */
  lock(channelId: string): Promise<GrantRow | undefined> {
    return this.db.one<GrantRow>('select channel_id, refresh_token, permissions, authorised_at, revoked_at from channel_grants where channel_id = $1 for update', [channelId]);
  }

  listOf(channelIds: readonly string[]): Promise<GrantRow[]> {
    return this.db.query<GrantRow>('select channel_id, refresh_token, permissions, authorised_at, revoked_at from channel_grants where channel_id = any($1)', [channelIds]);
  }

  async save(channelId: string, refreshToken: Buffer | null, permissions: readonly number[], at: Date): Promise<void> {
    await this.db.exec(
      `insert into channel_grants (tenant_id, channel_id, refresh_token, permissions, authorised_at) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, channel_id) do update
       set refresh_token = excluded.refresh_token, permissions = excluded.permissions, authorised_at = excluded.authorised_at, revoked_at = null`,
      [currentTenantId(), channelId, refreshToken, permissions, at],
    );
  }

  async setPermissions(channelId: string, permissions: readonly number[]): Promise<void> {
    await this.db.exec('update channel_grants set permissions = $2 where channel_id = $1', [channelId, permissions]);
  }

  async setRefreshToken(channelId: string, refreshToken: Buffer): Promise<void> {
    await this.db.exec('update channel_grants set refresh_token = $2 where channel_id = $1 and revoked_at is null', [channelId, refreshToken]);
  }

  /** False when it was granted anew since then: a late notice must not end the new grant. */
  async revoke(channelId: string, at: Date): Promise<boolean> {
    const count = await this.db.exec(
      `update channel_grants set refresh_token = null, revoked_at = $2
       where channel_id = $1 and revoked_at is null and date_trunc('second', authorised_at) <= $2`,
      [channelId, at],
    );
    return count > 0;
  }

  /** The merchant ended it with us: the key is thrown away, whatever the platform says later. */
  async end(channelId: string): Promise<void> {
    await this.db.exec('update channel_grants set refresh_token = null, revoked_at = coalesce(revoked_at, now()) where channel_id = $1', [channelId]);
  }

  async addStart(start: NewStart): Promise<void> {
    await this.db.exec('delete from authorisation_starts where expires_at < now() - interval \'1 day\'');
    await this.db.exec(
      'insert into authorisation_starts (tenant_id, id, state_hash, platform, started_by, expires_at) values ($1, $2, $3, $4, $5, $6)',
      [currentTenantId(), start.id, start.stateHash, start.platform, start.startedBy, start.expiresAt],
    );
  }

  /** Uses a start up: true once, for the one who began it, in time. */
  async useStart(stateHash: Buffer, startedBy: string, now: Date): Promise<boolean> {
    const count = await this.db.exec(
      'update authorisation_starts set used_at = $3 where state_hash = $1 and started_by = $2 and used_at is null and expires_at > $3',
      [stateHash, startedBy, now],
    );
    return count === 1;
  }

  /** Whose start this is, while it may still be used: the platform's push brings only the state. */
  startOf(stateHash: Buffer, now: Date): Promise<{ tenant_id: string; started_by: string } | undefined> {
    return this.systemDb.read('a grant by push brings only the state of the one who began it', () =>
      this.systemDb.one<{ tenant_id: string; started_by: string }>(
        'select tenant_id, started_by from authorisation_starts where state_hash = $1 and used_at is null and expires_at > $2', [stateHash, now]));
  }

  /** Before the tenant is known: a push through the platform names only the account. */
  channelOf(appId: string, platforms: readonly string[]): Promise<{ id: string; tenant_id: string } | undefined> {
    return this.systemDb.read('a push through the platform app names only the account', () =>
      this.systemDb.one<{ id: string; tenant_id: string }>(
        `select id, tenant_id from channels where app_id = $1 and platform = any($2) and authorisation = 'platform' and status <> 'disconnected' limit 1`, [appId, platforms]));
  }

  /**
   * Runs `work` while nobody else connects this account by a grant, unless another merchant has it: then undefined.
   * The fence hides other merchants, so this looks from above, and tells nothing but yes or no.
   */
  whileOurs<T>(appId: string, work: () => Promise<T>): Promise<T | undefined> {
    const tenantId = currentTenantId();
    return this.systemDb.write('whether another merchant has this account cannot be seen from behind the fence', async () => {
      await this.systemDb.exec('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`authorise ${appId}`]);
      const other = await this.systemDb.one(`select 1 from channels where app_id = $1 and tenant_id <> $2 and status <> 'disconnected' limit 1`, [appId, tenantId]);
      return other === undefined ? work() : undefined;
    });
  }
}
