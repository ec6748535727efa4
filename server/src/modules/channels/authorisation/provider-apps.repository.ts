// All SQL of the operator's own platform apps: one row per app, which also holds the lease of whoever fetches its token.
import { Injectable } from '@nestjs/common';
import { SystemDb } from '../../../core/db/system-db.js';
import type { TokenRow, TokenRows } from '../tokens/token-line.service.js';

const WHY = 'a platform app belongs to the operator and serves all tenants';

@Injectable()
export class ProviderAppsRepository implements TokenRows {
  constructor(private readonly db: SystemDb) {}

  /** Keeps the newest ticket: a late delivery of an older one changes nothing. */
  async storeTicket(key: string, ticket: Buffer, at: Date): Promise<void> {
    await this.db.write(WHY, () =>
      this.db.exec(
        `insert into provider_apps (key, ticket, ticket_at) values ($1, $2, $3)
         on conflict (key) do update set ticket = excluded.ticket, ticket_at = excluded.ticket_at
         where provider_apps.ticket_at is null or provider_apps.ticket_at <= excluded.ticket_at`,
        [key, ticket, at],
      ));
  }

  async ticket(key: string): Promise<Buffer | undefined> {
    const row = await this.db.read(WHY, () => this.db.one<{ ticket: Buffer | null }>('select ticket from provider_apps where key = $1', [key]));
    return row?.ticket ?? undefined;
  }

  find(key: string): Promise<TokenRow | undefined> {
    return this.db.read(WHY, () =>
      this.db.one<TokenRow>(
        `select token, fetches, failure, failed_at,
           token is not null and expires_at > clock_timestamp() as is_usable,
           coalesce(refreshing_until > clock_timestamp(), false) as is_leased,
           greatest(0, coalesce(extract(epoch from expires_at - clock_timestamp()) * 1000, 0))::int8 as good_for_ms
         from provider_apps where key = $1`,
        [key],
      ));
  }

  async lease(key: string, holder: string, refusedFetch: number | undefined, forMs: number): Promise<boolean> {
    const count = await this.db.write(WHY, () =>
      this.db.exec(
        `update provider_apps set refreshing_by = $2, refreshing_until = clock_timestamp() + make_interval(secs => $4 / 1000.0)
         where key = $1 and (refreshing_until is null or refreshing_until <= clock_timestamp())
           and (token is null or expires_at <= clock_timestamp() or fetches = $3)`,
        [key, holder, refusedFetch ?? -1, forMs],
      ));
    return count === 1;
  }

  async store(key: string, holder: string, token: Buffer, goodForSeconds: number): Promise<number | undefined> {
    const row = await this.db.write(WHY, () =>
      this.db.one<{ fetches: number }>(
        `update provider_apps set token = $3, fetched_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => $4),
           fetches = fetches + 1, refreshing_by = null, refreshing_until = null, failure = null, failed_at = null
         where key = $1 and refreshing_by = $2 returning fetches`,
        [key, holder, token, goodForSeconds],
      ));
    return row?.fetches;
  }

  async fail(key: string, holder: string, failure: unknown): Promise<void> {
    await this.db.write(WHY, () =>
      this.db.exec(
        `update provider_apps set refreshing_by = null, refreshing_until = null, failure = $3, failed_at = clock_timestamp()
         where key = $1 and refreshing_by = $2`,
        [key, holder, JSON.stringify(failure)],
      ));
  }
}
