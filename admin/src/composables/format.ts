// Numbers, money and instants as people write them.

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`;
  let found = cache.get(key);
  if (!found) cache.set(key, (found = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })));
  return found;
}

const part = (parts: Intl.DateTimeFormatPart[], type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';

export interface Where {
  locale: string;
  zone: string;
}

/** 11月24日 09:30, with the year when it is not this year's. */
export function formatInstant(iso: string, { locale, zone }: Where, now = new Date()): string {
  const at = new Date(iso);
  const year: Intl.DateTimeFormatOptions = { year: 'numeric' };
  const sameYear = formatter('en', zone, year).format(at) === formatter('en', zone, year).format(now);
  const day = formatter(locale, zone, { ...(sameYear ? {} : year), month: locale === 'en' ? 'short' : 'long', day: 'numeric' }).format(at);
  const clock = formatter('en-GB', zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at);
  return `${day} ${part(clock, 'hour')}:${part(clock, 'minute')}`;
}

/** The day alone, in the merchant's zone. */
export function formatDay(iso: string, { locale, zone }: Where): string {
  return formatter(locale, zone, { year: 'numeric', month: locale === 'en' ? 'short' : 'long', day: 'numeric' }).format(new Date(iso));
}

/** Steps from now to the instant: negative is the past. */
export function formatDistance(iso: string, locale: string, now = new Date()): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60]];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  // Intl says 现在 for a moment ago; people say 刚刚.
  if (unit === 'second' && seconds <= 0) return locale.startsWith('zh') ? '刚刚' : 'just now';
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(unit === 'second' ? 0 : Math.round(seconds / size), unit);
}

/** 12345 → 12,345 */
export function formatCount(count: number, locale = 'zh-CN'): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** Fen to yuan: ¥12 or ¥12.50. */
export function formatMoney(fen: number, locale = 'zh-CN'): string {
  const digits = fen % 100 === 0 ? 0 : 2;
  return `¥${new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(fen / 100)}`;
}

/** A share of a whole as per cent: 12.3%, and — when there is no whole. */
export function formatShare(share: number, whole: number): string {
  if (whole <= 0) return '—';
  const percent = (share / whole) * 100;
  return `${percent.toFixed(percent > 0 && percent < 10 ? 1 : 0)}%`;
}
