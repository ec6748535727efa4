import { beijingDay } from './clock.ts';

/** Limits of one mini program, by platform path; missing ones are the platform's defaults. */
export interface QuotaLimits {
  daily?: Record<string, number>;
  perMinute?: Record<string, number>;
  perSecond?: Record<string, number>;
}

/** Name the forced refreshes of the stable token are counted under; they have a quota of their own. */
export const FORCED_REFRESH = 'force_refresh';

const defaultDaily: Record<string, number> = {
  '/cgi-bin/token': 2000,
  '/cgi-bin/stable_token': 500_000,
  [FORCED_REFRESH]: 20,
  '/cgi-bin/message/subscribe/send': 30_000_000,
  '/cgi-bin/message/custom/send': 500_000,
  '/cgi-bin/user/get': 500,
  '/cgi-bin/user/info': 5_000_000,
  '/cgi-bin/user/info/updateremark': 10_000,
  '/cgi-bin/message/template/send': 100_000,
  '/cgi-bin/message/mass/sendall': 100,
  '/cgi-bin/message/mass/send': 100,
  '/cgi-bin/message/mass/preview': 100,
  '/cgi-bin/qrcode/create': 100_000,
  '/cgi-bin/menu/create': 1000,
  '/cgi-bin/menu/get': 10_000,
  '/cgi-bin/menu/delete': 1000,
  '/cgi-bin/media/upload': 100_000,
  '/cgi-bin/draft/add': 1000,
  '/cgi-bin/draft/get': 500,
  '/cgi-bin/freepublish/submit': 100,
  '/wxa/generatescheme': 500_000,
  '/wxa/generate_urllink': 500_000,
};
const defaultPerMinute: Record<string, number> = {
  '/cgi-bin/stable_token': 10_000,
  '/cgi-bin/message/mass/sendall': 60,
  '/cgi-bin/message/mass/send': 60,
  '/wxa/getwxacodeunlimit': 5000,
  '/sns/userinfo': 50_000,
};
const defaultPerSecond: Record<string, number> = { '/wxa/generatescheme': 100, '/wxa/generate_urllink': 100 };
const CLEARS_PER_MONTH = 10;

interface Count {
  window: number;
  used: number;
}

/** Counts the calls of one mini program against its limits. */
export class QuotaBook {
  limits: QuotaLimits = {};
  private day = new Map<string, Count>();
  private minute = new Map<string, Count>();
  private second = new Map<string, Count>();
  private clears: Count = { window: 0, used: 0 };

  /** Counts one call. Answers 0, or the errcode of the limit that is reached. */
  take(path: string, now: number): 0 | 45009 | 45011 | 44990 {
    if (!spend(this.second, path, Math.floor(now / 1000), this.limits.perSecond?.[path] ?? defaultPerSecond[path])) return 44990;
    const perMinute = this.limits.perMinute?.[path] ?? defaultPerMinute[path];
    if (!spend(this.minute, path, Math.floor(now / 60_000), perMinute)) return 45011;
    if (!spend(this.day, path, beijingDay(now), this.dailyLimit(path))) return 45009;
    return 0;
  }

  /** Daily limit and use of a path, as the quota query answers them. */
  look(path: string, now: number): { daily_limit: number; used: number; remain: number } {
    const limit = this.dailyLimit(path) ?? 10_000_000;
    const count = this.day.get(path);
    const used = count && count.window === beijingDay(now) ? count.used : 0;
    return { daily_limit: limit, used, remain: Math.max(0, limit - used) };
  }

  /** Calls allowed in a minute, when the path has such a limit. */
  rate(path: string): { call_count: number; refresh_second: number } | null {
    const limit = this.limits.perMinute?.[path] ?? defaultPerMinute[path];
    return limit === undefined ? null : { call_count: limit, refresh_second: 60 };
  }

  /** Sets all daily counters back. False when the ten times of this month are used up. */
  clear(now: number): boolean {
    const month = new Date(now + 8 * 3600_000).getUTCMonth();
    if (this.clears.window !== month) this.clears = { window: month, used: 0 };
    if (this.clears.used >= CLEARS_PER_MONTH) return false;
    this.clears.used += 1;
    this.day.clear();
    return true;
  }

  private dailyLimit(path: string): number | undefined {
    return this.limits.daily?.[path] ?? defaultDaily[path];
  }
}

function spend(counts: Map<string, Count>, path: string, window: number, limit: number | undefined): boolean {
  let count = counts.get(path);
  if (!count) counts.set(path, (count = { window, used: 0 }));
  if (count.window !== window) {
    count.window = window;
    count.used = 0;
  }
  if (limit !== undefined && count.used >= limit) return false;
  count.used += 1;
  return true;
}
