// Quiet hours: a send that falls in them waits for their end, by the merchant's clock.
import type { QuietHours } from './plan.js';

const MINUTE_MS = 60_000;

/** Minutes after midnight of "HH:MM"; undefined when it is none. */
export function minuteOf(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)/u.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined;
}

/** When somebody may be written to at or after `now`: `now` itself outside the quiet hours, else their end. */
export function afterQuiet(now: Date, quiet: QuietHours | undefined, zone: string): Date {
  const [from, until] = [minuteOf(quiet?.from ?? ''), minuteOf(quiet?.until ?? '')];
  if (from === undefined || until === undefined || from === until) return now;
  const minute = localMinute(now, zone);
  const isQuiet = from < until ? minute >= from && minute < until : minute >= from || minute < until;
  if (!isQuiet) return now;
  const wait = (until - minute + 1440) % 1440;
  const start = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  const end = start + wait * MINUTE_MS;
  // A zone that changes its clock in the night moves the end by what it moved.
  const shift = ((until - localMinute(new Date(end), zone) + 2160) % 1440) - 720;
  return new Date(end + shift * MINUTE_MS);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localMinute(at: Date, zone: string): number {
  let format = formats.get(zone);
  if (!format) formats.set(zone, (format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })));
  return minuteOf(format.format(at)) ?? 0;
}
