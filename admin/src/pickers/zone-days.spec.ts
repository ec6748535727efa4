import { describe, expect, it } from 'vitest';
import { zoneDays } from './zone-days.ts';

describe('days of the merchant’s zone', () => {
  const shanghai = zoneDays('Asia/Shanghai');
  it('starts and ends a day there, wherever the browser stands', () => {
    expect(shanghai.startOf('2026-12-01')).toBe('2026-11-30T16:00:00.000Z');
    expect(shanghai.endOf('2026-12-01')).toBe('2026-12-01T15:59:59.999Z');
  });
  it('knows which day it is there', () => {
    expect(shanghai.today(new Date('2026-11-24T16:30:00Z'))).toBe('2026-11-25');
    expect(zoneDays('America/New_York').dayOf('2026-11-25T04:30:00Z')).toBe('2026-11-24');
  });
  it('goes to a clock on the wall and back, and leaves an empty field empty', () => {
    expect(shanghai.toWall('2026-11-24T12:05:00.000Z')).toBe('2026-11-24T20:05');
    expect(shanghai.fromWall('2026-11-24T20:05')).toBe('2026-11-24T12:05:00.000Z');
    expect([shanghai.toWall(''), shanghai.fromWall('')]).toEqual(['', '']);
  });
});
