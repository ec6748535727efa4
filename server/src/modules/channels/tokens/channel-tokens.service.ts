// One access token per channel for all processes: whoever needs a new one takes the lease in the row, the others wait.
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, type Config } from '../../../config.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import type { PlatformFailure, PlatformResult } from '../adapter.js';
import type { OpenChannel } from '../channel-access.service.js';
import { open as openSecret, seal } from '../channel.secrets.js';
import { ChannelTokensRepository, type TokenRow } from './channel-tokens.repository.js';

/** A token and its number; the number tells which one the platform refused. */
export interface HeldToken {
  token: string;
  fetch: number;
}

// A fetch is one HTTP call of at most 10 s (twice when forced); a holder that says nothing for longer is dead.
const LEASE_MS = 25_000;
const WAIT_AT_MOST_MS = 30_000;

@Injectable()
export class ChannelTokens {
  private readonly held = new Map<string, HeldToken & { goodUntil: number }>();
  private readonly running = new Map<string, Promise<PlatformResult<HeldToken>>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly repository: ChannelTokensRepository,
  ) {}

  /** A token that should work. Needs the tenant; must not run inside a write (it may call the platform). */
  async take(channel: OpenChannel): Promise<PlatformResult<HeldToken>> {
    const held = this.held.get(channel.row.id);
    if (held !== undefined && held.goodUntil > Date.now()) return { ok: true, value: held };
    return this.single(channel, undefined);
  }

  /** Another one, because the platform refused this: the next number if someone has fetched it already. */
  async replace(channel: OpenChannel, refused: HeldToken): Promise<PlatformResult<HeldToken>> {
    const held = this.held.get(channel.row.id);
    if (held !== undefined && held.fetch !== refused.fetch && held.goodUntil > Date.now()) return { ok: true, value: held };
    this.held.delete(channel.row.id);
    return this.single(channel, refused);
  }

  /** The secret changed: forget the token, here and in the row. Inside the caller's write. */
  async drop(channelId: string): Promise<void> {
    this.held.delete(channelId);
    await this.repository.drop(channelId);
  }

  private single(channel: OpenChannel, refused: HeldToken | undefined): Promise<PlatformResult<HeldToken>> {
    const key = `${channel.row.id}|${refused?.fetch ?? ''}`;
    const running = this.running.get(key) ?? this.obtain(channel, refused).finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }

  private async obtain(channel: OpenChannel, refused: HeldToken | undefined): Promise<PlatformResult<HeldToken>> {
    const startedAt = Date.now();
    const firstSight = await this.look(channel);
    for (let row = firstSight, round = 0; row !== undefined; row = await this.look(channel), round += 1) {
      const held = this.usable(channel, row, refused);
      if (held !== undefined) return { ok: true, value: held };
      // Someone tried since we began and was told no: the platform would tell us the same.
      if (isNewFailure(row, firstSight)) return row.failure as PlatformFailure;
      const holder = newId();
      if (!row.is_leased && (await this.db.write(() => this.repository.lease(channel.row.id, holder, refused?.fetch, LEASE_MS)))) {
        return this.fetch(channel, holder, refused);
      }
      if (Date.now() - startedAt > WAIT_AT_MOST_MS) break;
      await sleep(Math.min(250, 20 * (round + 1)));
    }
    return { ok: false, kind: 'upstream', problem: 'platform_silent', code: 0, detail: 'no token within 30 s' };
  }

  private look(channel: OpenChannel): Promise<TokenRow | undefined> {
    return this.db.read(() => this.repository.find(channel.row.id));
  }

  private usable(channel: OpenChannel, row: TokenRow, refused: HeldToken | undefined): HeldToken | undefined {
    if (!row.is_usable || row.token === null || row.fetches === refused?.fetch) return undefined;
    const token = openSecret(this.config.secretKeys, placeOf(channel), row.token);
    return token === undefined ? undefined : this.hold(channel, { token, fetch: row.fetches }, row.good_for_ms);
  }

  private async fetch(channel: OpenChannel, holder: string, refused: HeldToken | undefined): Promise<PlatformResult<HeldToken>> {
    const issued = await this.issue(channel, refused);
    if (!issued.ok) {
      await this.db.write(() => this.repository.fail(channel.row.id, holder, issued));
      return issued;
    }
    const { token, expiresInSeconds } = issued.value;
    // Renew a little early: two minutes, or a tenth of a short life.
    const goodFor = expiresInSeconds - Math.min(120, expiresInSeconds / 10);
    const sealed = seal(this.config.secretKeys, placeOf(channel), token);
    const fetch = await this.db.write(() => this.repository.store(channel.row.id, holder, sealed, goodFor));
    // A lost lease means that another process has a newer token; ours is as good until the platform says otherwise.
    return { ok: true, value: this.hold(channel, { token, fetch: fetch ?? -1 }, fetch === undefined ? 0 : goodFor * 1000) };
  }

  /** The platform repeats its current token until shortly before its end; if that is the refused one, it must be forced (rationed: 20 a day). */
  private async issue(channel: OpenChannel, refused: HeldToken | undefined): ReturnType<OpenChannel['adapter']['issueToken']> {
    const issued = await channel.adapter.issueToken(false);
    return issued.ok && issued.value.token === refused?.token ? channel.adapter.issueToken(true) : issued;
  }

  private hold(channel: OpenChannel, held: HeldToken, goodForMs: number): HeldToken {
    this.held.set(channel.row.id, { ...held, goodUntil: Date.now() + goodForMs });
    return held;
  }
}

const placeOf = (channel: OpenChannel): { tenantId: string; channelId: string; purpose: 'token' } =>
  ({ tenantId: channel.tenantId, channelId: channel.row.id, purpose: 'token' });

const isNewFailure = (row: TokenRow, before: TokenRow | undefined): boolean =>
  row.failed_at !== null && row.failed_at.getTime() !== before?.failed_at?.getTime();
