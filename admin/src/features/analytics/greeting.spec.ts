// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { greetingKey } from './greeting.ts';

describe('the greeting', () => {
  it.each([
    ['2026-11-24T01:00:00Z', 'morning'],
    ['2026-11-24T04:30:00Z', 'noon'],
    ['2026-11-24T08:00:00Z', 'afternoon'],
    ['2026-11-24T15:59:00Z', 'evening'],
    ['2026-11-24T18:00:00Z', 'evening'],
  ])('at %s fits the hour in Shanghai: %s', (at, key) => {
    expect(greetingKey(new Date(at))).toBe(key);
  });
  it('follows the merchant’s zone', () => {
    expect(greetingKey(new Date('2026-11-24T01:00:00Z'), 'Europe/London')).toBe('evening');
  });
});
