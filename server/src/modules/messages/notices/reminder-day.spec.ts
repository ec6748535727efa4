import { expect, it } from 'vitest';
import { claimedDispatchId, expiryDispatchId, reminderDay } from './reminder-day.js';

it('reminds today of what expires tomorrow, by the merchant’s calendar', () => {
  // 2026-11-24 15:59 UTC is still the 24th in Shanghai, one minute later it is the 25th
  expect(reminderDay(new Date('2026-11-24T15:59:00Z'), 'Asia/Shanghai')).toEqual({ day: '2026-11-25', from: new Date('2026-11-24T16:00:00Z'), until: new Date('2026-11-25T16:00:00Z') });
  expect(reminderDay(new Date('2026-11-24T16:00:00Z'), 'Asia/Shanghai').day).toBe('2026-11-26');
});

it('puts every instant into exactly one day, also where clocks change', () => {
  const [before, after] = [reminderDay(new Date('2026-10-23T12:00:00Z'), 'Europe/Berlin'), reminderDay(new Date('2026-10-24T12:00:00Z'), 'Europe/Berlin')];
  expect(before.until).toEqual(after.from);
  expect(after.until.getTime() - after.from.getTime()).toBe(25 * 3600_000);
});

it('names the same dispatch for the same offer and day', () => {
  expect(expiryDispatchId('a', '2026-11-25')).toBe(expiryDispatchId('a', '2026-11-25'));
  expect(new Set([expiryDispatchId('a', '2026-11-25'), expiryDispatchId('a', '2026-11-26'), expiryDispatchId('b', '2026-11-25'), claimedDispatchId('a')]).size).toBe(4);
});
