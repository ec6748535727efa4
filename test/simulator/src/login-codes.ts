import { randomText } from './ids.ts';
import type { Member } from './member.ts';

const LIFE_MS = 300_000;

interface LoginCode {
  appid: string;
  member: Member;
  expiresAt: number;
  used: boolean;
}

/** Codes a client got by login: one use, five minutes, one mini program. */
export class LoginCodes {
  private readonly codes = new Map<string, LoginCode>();

  issue(appid: string, member: Member, now: number): string {
    for (const [value, code] of this.codes) {
      // Codes stand in the order of their issue, so the first living one ends the sweep.
      if (code.expiresAt + LIFE_MS > now) break;
      this.codes.delete(value);
    }
    const value = `0${randomText(31)}`;
    this.codes.set(value, { appid, member, expiresAt: now + LIFE_MS, used: false });
    return value;
  }

  /** Uses a code up. Answers the member, or the errcode. */
  redeem(value: string, appid: string, now: number): Member | 40029 | 40163 {
    const code = this.codes.get(value);
    if (!code || code.appid !== appid) return 40029;
    if (code.used) return 40163;
    if (now >= code.expiresAt) return 40029;
    code.used = true;
    return code.member;
  }

  reset(): void {
    this.codes.clear();
  }
}
