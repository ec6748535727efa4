/**
 * The platform's own clock. Tests push it forward to see tokens, codes and windows end.
 * Callback timestamps do not follow it: a merchant compares those with its real clock.
 */
export class Clock {
  private offsetMs = 0;

  /** Milliseconds since 1970 as the platform sees them. */
  now(): number {
    return Date.now() + this.offsetMs;
  }

  advance(ms: number): void {
    this.offsetMs += ms;
  }

  reset(): void {
    this.offsetMs = 0;
  }
}

/** Calendar day in Beijing, the day daily quotas are counted in, as a day number. */
export function beijingDay(nowMs: number): number {
  return Math.floor((nowMs + 8 * 3600_000) / 86_400_000);
}
