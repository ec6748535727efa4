// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { isOpen, summarise } from './reach-summary.ts';

const now = new Date('2026-11-24T10:00:00Z');
const later = '2026-11-24T12:00:00Z';
const earlier = '2026-11-24T09:00:00Z';

describe('what a person’s permits add up to', () => {
  it('adds reminders and keeps the window that closes last', () => {
    const permits = [
      { kind: 'one_time_subscription', remaining: 2 },
      { kind: 'one_time_subscription', remaining: 1 },
      { kind: 'service_window', remaining: 4, expiresAt: '2026-11-24T11:00:00Z' },
      { kind: 'service_window', remaining: 1, expiresAt: later },
    ];
    expect(summarise(permits, now)).toEqual({ reminders: 3, windowUntil: later });
  });
  it('counts no refused, empty or closed one', () => {
    const permits = [
      { kind: 'one_time_subscription', remaining: 2, refusedAt: earlier },
      { kind: 'one_time_subscription', remaining: 0 },
      { kind: 'service_window', remaining: 5, expiresAt: earlier },
    ];
    expect(summarise(permits, now)).toEqual({ reminders: 0 });
  });
  it('knows a permit without a limit', () => {
    expect(summarise([{ kind: 'long_term_subscription', remaining: null }], now).reminders).toBe(Infinity);
    expect(isOpen({ kind: 'service_window', remaining: null, expiresAt: later }, now)).toBe(true);
  });
});
