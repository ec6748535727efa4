import { randomText } from './ids.ts';

/** How early the platform rolls a stable token before its end, and how long an old ordinary token lives on. */
const OVERLAP_MS = 300_000;
const FORCE_GAP_MS = 30_000;
const KEEP_DEAD_MS = 86_400_000;

export interface Token {
  value: string;
  expiresAt: number;
  /** Set when a newer token replaced it; the token is refused from then on. */
  killedAt: number;
}

/** What is wrong with a presented token, as the platform's errcode; 0 when nothing is. */
export type TokenVerdict = 0 | 40001 | 42001;

/** The access tokens of one mini program: two separate lines, ordinary and stable. */
export class TokenBook {
  issued = 0;
  private readonly all = new Map<string, Token>();
  private stable: Token | null = null;
  private ordinary: Token | null = null;
  private lastForce = -Infinity;
  private readonly index: Map<string, string>;
  private readonly appid: string;

  /** `index` is shared by all programs: token to appid. */
  constructor(appid: string, index: Map<string, string>) {
    this.appid = appid;
    this.index = index;
  }

  /** `/cgi-bin/token`: always a new token; the one before lives on for `overlapMs`. */
  issueOrdinary(now: number, lifeMs: number, overlapMs = OVERLAP_MS): Token {
    if (this.ordinary) this.ordinary.killedAt = Math.min(this.ordinary.killedAt, now + overlapMs);
    this.ordinary = this.add(now, lifeMs);
    return this.ordinary;
  }

  /** `/cgi-bin/stable_token` in normal mode: the same token until five minutes before its end. */
  issueStable(now: number, lifeMs: number): Token {
    const current = this.stable;
    const left = current ? current.expiresAt - now : 0;
    if (current && now < current.killedAt && left > Math.min(OVERLAP_MS, lifeMs / 2)) return current;
    this.stable = this.add(now, lifeMs);
    return this.stable;
  }

  /** A token for a third-party platform: stands beside the account's own ones and lives its whole time. */
  issueAuthorizer(now: number, lifeMs: number): Token {
    return this.add(now, lifeMs);
  }

  /** Makes one token invalid. */
  kill(value: string, now: number): void {
    const token = this.all.get(value);
    if (token) token.killedAt = Math.min(token.killedAt, now);
  }

  /** Whether 30 seconds passed since the last forced refresh. */
  mayForce(now: number): boolean {
    return now - this.lastForce >= FORCE_GAP_MS;
  }

  /** Forced refresh: the old stable token dies at once. */
  forceStable(now: number, lifeMs: number): Token {
    this.lastForce = now;
    if (this.stable) this.stable.killedAt = Math.min(this.stable.killedAt, now);
    this.stable = this.add(now, lifeMs);
    return this.stable;
  }

  /** Makes every living token invalid, as when somebody else refreshed. */
  killAll(now: number): void {
    for (const token of this.all.values()) token.killedAt = Math.min(token.killedAt, now);
  }

  check(value: string, now: number): TokenVerdict {
    const token = this.all.get(value);
    if (!token || now >= token.killedAt) return 40001;
    return now >= token.expiresAt ? 42001 : 0;
  }

  /** Removes the program's tokens from the shared index. */
  forget(): void {
    for (const value of this.all.keys()) this.index.delete(value);
    this.all.clear();
    this.stable = null;
    this.ordinary = null;
  }

  private add(now: number, lifeMs: number): Token {
    for (const [value, token] of this.all) {
      if (token.expiresAt + KEEP_DEAD_MS > now) continue;
      this.all.delete(value);
      this.index.delete(value);
    }
    const token = { value: `9${randomText(135)}`, expiresAt: now + lifeMs, killedAt: Infinity };
    this.all.set(token.value, token);
    this.index.set(token.value, this.appid);
    this.issued += 1;
    return token;
  }
}
