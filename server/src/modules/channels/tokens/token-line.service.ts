// One token for all processes, whoever it belongs to: whoever needs a new one takes the lease in its row, the others wait.
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../../core/ids.js';
import type { AccessToken, PlatformFailure, PlatformResult } from '../adapter.js';

/** A token and its number; the number tells which one the platform refused. */
export interface HeldToken {
  token: string;
  fetch: number;
}

export interface TokenRow {
  token: Buffer | null;
  fetches: number;
  is_usable: boolean;
  is_leased: boolean;
  /** Milliseconds the token is still good for, by the database's clock. */
  good_for_ms: number;
  failure: unknown;
  failed_at: Date | null;
}

/** The rows, by key; each call is a transaction of its own. */
export interface TokenRows {
  find(key: string): Promise<TokenRow | undefined>;
  lease(key: string, holder: string, refusedFetch: number | undefined, forMs: number): Promise<boolean>;
  store(key: string, holder: string, token: Buffer, goodForSeconds: number): Promise<number | undefined>;
  fail(key: string, holder: string, failure: unknown): Promise<void>;
}

/** Whose token it is: how a new one is got, and how it is sealed. */
export interface TokenOwner {
  key: string;
  seal(token: string): Buffer;
  open(envelope: Buffer): string | undefined;
  /** @param force the platform would repeat the one it refuses: kill that one. */
  issue(force: boolean): Promise<PlatformResult<AccessToken>>;
}

// A fetch is one HTTP call of at most 10 s (twice when forced); a holder that says nothing for longer is dead.
const LEASE_MS = 25_000;
const WAIT_AT_MOST_MS = 30_000;

export class TokenLine {
  private readonly held = new Map<string, HeldToken & { goodUntil: number }>();
  private readonly running = new Map<string, Promise<PlatformResult<HeldToken>>>();

  constructor(private readonly rows: TokenRows) {}

  /** A token that should work. Must not run inside a write (it may call the platform). */
  async take(owner: TokenOwner): Promise<PlatformResult<HeldToken>> {
    return this.inHand(owner.key) ?? this.single(owner, undefined);
  }

  /** Another one, because the platform refused this: the next number if someone has fetched it already. */
  async replace(owner: TokenOwner, refused: HeldToken): Promise<PlatformResult<HeldToken>> {
    const held = this.inHand(owner.key);
    if (held !== undefined && held.value.fetch !== refused.fetch) return held;
    this.held.delete(owner.key);
    return this.single(owner, refused);
  }

  /** Forgets what this process holds; without a key, all of it. */
  forget(key?: string): void {
    if (key === undefined) this.held.clear();
    else this.held.delete(key);
  }

  private inHand(key: string): { ok: true; value: HeldToken } | undefined {
    const held = this.held.get(key);
    return held !== undefined && held.goodUntil > Date.now() ? { ok: true, value: held } : undefined;
  }

  private single(owner: TokenOwner, refused: HeldToken | undefined): Promise<PlatformResult<HeldToken>> {
    const key = `${owner.key}|${refused?.fetch ?? ''}`;
    const running = this.running.get(key) ?? this.obtain(owner, refused).finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }

  private async obtain(owner: TokenOwner, refused: HeldToken | undefined): Promise<PlatformResult<HeldToken>> {
    const startedAt = Date.now();
    const firstSight = await this.rows.find(owner.key);
    for (let row = firstSight, round = 0; row !== undefined; row = await this.rows.find(owner.key), round += 1) {
      const held = this.usable(owner, row, refused);
      if (held !== undefined) return { ok: true, value: held };
      // Someone tried since we began and was told no: the platform would tell us the same.
      if (isNewFailure(row, firstSight)) return row.failure as PlatformFailure;
      const holder = newId();
      if (!row.is_leased && (await this.rows.lease(owner.key, holder, refused?.fetch, LEASE_MS))) return this.fetch(owner, holder, refused);
      if (Date.now() - startedAt > WAIT_AT_MOST_MS) break;
      await sleep(Math.min(250, 20 * (round + 1)));
    }
    return { ok: false, kind: 'upstream', problem: 'platform_silent', code: 0, detail: 'no token within 30 s' };
  }

  private usable(owner: TokenOwner, row: TokenRow, refused: HeldToken | undefined): HeldToken | undefined {
    if (!row.is_usable || row.token === null || row.fetches === refused?.fetch) return undefined;
    const token = owner.open(row.token);
    return token === undefined ? undefined : this.hold(owner, { token, fetch: row.fetches }, row.good_for_ms);
  }

  private async fetch(owner: TokenOwner, holder: string, refused: HeldToken | undefined): Promise<PlatformResult<HeldToken>> {
    const issued = await issue(owner, refused);
    if (!issued.ok) {
      await this.rows.fail(owner.key, holder, issued);
      return issued;
    }
    const { token, expiresInSeconds } = issued.value;
    // Renew a little early: two minutes, or a tenth of a short life.
    const goodFor = expiresInSeconds - Math.min(120, expiresInSeconds / 10);
    const fetch = await this.rows.store(owner.key, holder, owner.seal(token), goodFor);
    // A lost lease means that another process has a newer token; ours is as good until the platform says otherwise.
    return { ok: true, value: this.hold(owner, { token, fetch: fetch ?? -1 }, fetch === undefined ? 0 : goodFor * 1000) };
  }

  private hold(owner: TokenOwner, held: HeldToken, goodForMs: number): HeldToken {
    this.held.set(owner.key, { ...held, goodUntil: Date.now() + goodForMs });
    return held;
  }
}

/** The platform repeats its current token until shortly before its end; if that is the refused one, it must be forced (rationed: 20 a day). */
async function issue(owner: TokenOwner, refused: HeldToken | undefined): Promise<PlatformResult<AccessToken>> {
  const issued = await owner.issue(false);
  return issued.ok && issued.value.token === refused?.token ? owner.issue(true) : issued;
}

const isNewFailure = (row: TokenRow, before: TokenRow | undefined): boolean =>
  row.failed_at !== null && row.failed_at.getTime() !== before?.failed_at?.getTime();
