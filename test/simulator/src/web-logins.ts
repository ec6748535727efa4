import { randomText } from './ids.ts';
import type { Member } from './member.ts';
import type { MiniProgram } from './mini-program.ts';

const CODE_MS = 300_000;
const TOKEN_MS = 7_200_000;
const REFRESH_MS = 30 * 86_400_000;

export interface WebGrant {
  app: MiniProgram;
  member: Member;
  scope: string;
  snapshot: boolean;
  expiresAt: number;
}

/** What web logins handed out: codes of one use, tokens of one person, refresh tokens of thirty days. */
export class WebLogins {
  private readonly codes = new Map<string, WebGrant & { used: boolean }>();
  private readonly tokens = new Map<string, WebGrant>();
  private readonly refreshTokens = new Map<string, WebGrant>();

  issueCode(grant: Omit<WebGrant, 'expiresAt'>, now: number): string {
    const code = `0${randomText(31)}`;
    this.codes.set(code, { ...grant, expiresAt: now + CODE_MS, used: false });
    return code;
  }

  redeem(code: string, app: MiniProgram, now: number): WebGrant | 40029 | 40163 {
    const grant = this.codes.get(code);
    if (!grant || grant.app !== app || grant.expiresAt <= now) return 40029;
    if (grant.used) return 40163;
    grant.used = true;
    return grant;
  }

  issueTokens(grant: WebGrant, now: number): { access_token: string; expires_in: number; refresh_token: string } {
    const access_token = `8${randomText(107)}`;
    const refresh_token = `8${randomText(107)}`;
    this.tokens.set(access_token, { ...grant, expiresAt: now + TOKEN_MS });
    this.refreshTokens.set(refresh_token, { ...grant, expiresAt: now + REFRESH_MS });
    return { access_token, expires_in: TOKEN_MS / 1000, refresh_token };
  }

  byRefresh(token: string, app: MiniProgram, now: number): WebGrant | 40030 | 42002 {
    const grant = this.refreshTokens.get(token);
    if (!grant || grant.app !== app) return 40030;
    return grant.expiresAt > now ? grant : 42002;
  }

  byToken(token: string, openid: string, now: number): WebGrant | 40001 | 40003 | 42001 {
    const grant = this.tokens.get(token);
    if (!grant) return 40001;
    if (grant.expiresAt <= now) return 42001;
    return grant.member.openid === openid ? grant : 40003;
  }

  reset(): void {
    this.codes.clear();
    this.tokens.clear();
    this.refreshTokens.clear();
  }
}
