import type { Corp, MassRule } from './corp.ts';

const OFFSET_MS = 8 * 3600_000;
const DAY_MS = 86_400_000;

/** When the running day, week (from Monday) or month began in Beijing, and how many group sends it allows. */
export function allowanceOf(rule: MassRule, now: number): { since: number; max: number } {
  const local = now + OFFSET_MS;
  const day = Math.floor(local / DAY_MS);
  if (rule === 'daily_1') return { since: day * DAY_MS - OFFSET_MS, max: 1 };
  // Day 0 of the count was a Thursday.
  if (rule === 'weekly_7') return { since: (day - ((day + 3) % 7)) * DAY_MS - OFFSET_MS, max: 7 };
  const date = new Date(local);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return { since: first - OFFSET_MS, max: (next - first) / DAY_MS };
}

/** Takes one group send from a person's or group's allowance. False when it is used up. */
export function spendAllowance(corp: Corp, id: string, now: number): boolean {
  const { since, max } = allowanceOf(corp.data.settings.massRule, now);
  const times = corp.data.massTimes.get(id) ?? [];
  if (times.filter((at) => at >= since).length >= max) return false;
  corp.data.massTimes.set(id, [...times.filter((at) => at > now - 62 * DAY_MS), now]);
  return true;
}
