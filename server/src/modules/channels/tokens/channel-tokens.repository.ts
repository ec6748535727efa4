// All SQL of access tokens: one row per channel, which also holds the lease of whoever fetches the next one.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { TokenRow } from './token-line.service.js';

@Injectable()
export class ChannelTokensRepository {
  constructor(private readonly db: TenantDb) {}

  find(channelId: string): Promise<TokenRow | undefined> {
    return this.db.one<TokenRow>(
      `select token, fetches, failure, failed_at,
         token is not null and expires_at > clock_timestamp() as is_usable,
         coalesce(refreshing_until > clock_timestamp(), false) as is_leased,
         greatest(0, coalesce(extract(epoch from expires_at - clock_timestamp()) * 1000, 0))::int8 as good_for_ms
       from channel_tokens where channel_id = $1`,
      [channelId],
    );
  }

  /** Takes the right to fetch, if the token is spent (or is the one refused) and nobody living holds it. */
  async lease(channelId: string, holder: string, refusedFetch: number | undefined, forMs: number): Promise<boolean> {
    const count = await this.db.exec(
      `update channel_tokens set refreshing_by = $2, refreshing_until = clock_timestamp() + make_interval(secs => $4 / 1000.0)
       where channel_id = $1 and (refreshing_until is null or refreshing_until <= clock_timestamp())
         and (token is null or expires_at <= clock_timestamp() or fetches = $3)`,
      [channelId, holder, refusedFetch ?? -1, forMs],
    );
    return count === 1;
  }

  /** Puts the new token in place and ends the lease. Undefined when the lease was lost meanwhile. */
  async store(channelId: string, holder: string, token: Buffer, goodForSeconds: number): Promise<number | undefined> {
    const row = await this.db.one<{ fetches: number }>(
      `update channel_tokens set token = $3, fetched_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => $4),
         fetches = fetches + 1, refreshing_by = null, refreshing_until = null, failure = null, failed_at = null
       where channel_id = $1 and refreshing_by = $2 returning fetches`,
      [channelId, holder, token, goodForSeconds],
    );
    return row?.fetches;
  }

  async fail(channelId: string, holder: string, failure: unknown): Promise<void> {
    await this.db.exec(
      `update channel_tokens set refreshing_by = null, refreshing_until = null, failure = $3, failed_at = clock_timestamp()
       where channel_id = $1 and refreshing_by = $2`,
      [channelId, holder, JSON.stringify(failure)],
    );
  }

  /** After the secret changed: whatever we hold belongs to the old one. */
  async drop(channelId: string): Promise<void> {
    await this.db.exec('update channel_tokens set token = null, expires_at = null, failure = null, failed_at = null where channel_id = $1', [channelId]);
  }
}
