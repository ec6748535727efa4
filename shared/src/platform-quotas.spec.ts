import { describe, expect, it } from 'vitest';
import { QUOTA_RULES, runsOutAt, windowEnd, windowStart } from './platform-quotas.ts';

const at = new Date('2026-11-30T16:30:45.678Z'); // 00:30 on 1 December in China

describe('windows of a quota', () => {
  it.each([
    ['second', '2026-11-30T16:30:45.000Z', '2026-11-30T16:30:46.000Z'],
    ['minute', '2026-11-30T16:30:00.000Z', '2026-11-30T16:31:00.000Z'],
    ['hour', '2026-11-30T16:00:00.000Z', '2026-11-30T17:00:00.000Z'],
    ['day', '2026-11-30T16:00:00.000Z', '2026-12-01T16:00:00.000Z'],
    ['month', '2026-11-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
  ] as const)('%s', (window, start, end) => {
    expect(windowStart(window, at).toISOString()).toBe(start);
    expect(windowEnd(window, windowStart(window, at)).toISOString()).toBe(end);
  });
});

describe('the weather of a quota', () => {
  const state = { limit: 1_000, markUsed: 0, markAt: new Date('2026-11-24T02:00:00Z'), resetsAt: new Date('2026-11-24T16:00:00Z') };
  const now = new Date('2026-11-24T03:00:00Z');

  it('tells when it runs out at this pace', () => expect(runsOutAt({ ...state, used: 250 }, now)).toEqual(new Date('2026-11-24T06:00:00Z')));
  it('is fair when it comes back before that', () => expect(runsOutAt({ ...state, used: 50 }, now)).toBeUndefined());
  it('forecasts no storm from a few quick calls', () => expect(runsOutAt({ ...state, used: 20, markAt: new Date(now.getTime() - 10_000) }, now)).toBeUndefined());
  it('is fair while nothing moves', () => expect(runsOutAt({ ...state, used: 10, markUsed: 10 }, now)).toBeUndefined());
  it('is out when it is used up', () => expect(runsOutAt({ ...state, used: 1_000, markUsed: 1_000 }, now)).toEqual(now));
});

describe('the rules', () => {
  it('have keys of their own, which end with the window', () => {
    expect(new Set(QUOTA_RULES.map((rule) => rule.key)).size).toBe(QUOTA_RULES.length);
    expect(QUOTA_RULES.filter((rule) => !rule.key.endsWith(`.${rule.window}`))).toEqual([]);
  });
  it('have a name in both languages', () => {
    for (const rule of QUOTA_RULES) {
      expect(rule.zh, rule.key).toMatch(/\p{Script=Han}|URL/u);
      expect(rule.en, rule.key).toMatch(/^[\x20-\x7e]+$/u);
    }
  });
});
