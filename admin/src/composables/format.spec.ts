// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { formatCount, formatDay, formatDistance, formatInstant, formatMoney, formatShare } from './format.ts';
import { fenOf, yuanOf } from './money.ts';

const now = new Date('2026-11-24T10:00:00Z');
const shanghai = { locale: 'zh-CN', zone: 'Asia/Shanghai' };

describe('instants', () => {
  it('are shown in the merchant’s zone', () => {
    expect(formatInstant('2026-11-24T16:30:00Z', shanghai, now)).toBe('11月25日 00:30');
    expect(formatInstant('2026-11-24T16:30:00Z', { locale: 'en', zone: 'Europe/London' }, now)).toBe('Nov 24 16:30');
  });
  it('carry their year when it is another one there', () => {
    expect(formatInstant('2025-12-31T15:59:00Z', shanghai, now)).toBe('2025年12月31日 23:59');
    expect(formatInstant('2025-12-31T16:00:00Z', shanghai, now)).toBe('1月1日 00:00');
  });
  it('can be a day alone', () => {
    expect(formatDay('2026-11-24T16:30:00Z', shanghai)).toBe('2026年11月25日');
  });
  it('can be told by their distance', () => {
    expect(formatDistance('2026-11-24T09:15:00Z', 'zh-CN', now)).toBe('45分钟前');
    expect(formatDistance('2026-11-24T15:00:00Z', 'zh-CN', now)).toBe('5小时后');
    expect(formatDistance('2026-11-21T10:00:00Z', 'en', now)).toBe('3 days ago');
    expect(formatDistance('2026-11-24T10:00:20Z', 'en', now)).toBe('now');
    expect(formatDistance('2026-11-24T09:59:30Z', 'zh-CN', now)).toBe('刚刚');
    expect(formatDistance('2026-11-24T09:59:30Z', 'en', now)).toBe('just now');
  });
});

describe('numbers', () => {
  it('are grouped', () => expect(formatCount(1234567)).toBe('1,234,567'));
  it('of fen become yuan, with two digits only where there are any', () => {
    expect(formatMoney(864200)).toBe('¥8,642');
    expect(formatMoney(864250)).toBe('¥8,642.50');
    expect(formatMoney(5)).toBe('¥0.05');
  });
  it('become shares, and none of nothing', () => {
    expect(formatShare(1, 3)).toBe('33%');
    expect(formatShare(1, 80)).toBe('1.3%');
    expect(formatShare(0, 80)).toBe('0%');
    expect(formatShare(3, 0)).toBe('—');
  });
});

describe('money in a field', () => {
  it('goes to whole fen and back', () => {
    expect(fenOf(19.99)).toBe(1999);
    expect(fenOf(0.1 + 0.2)).toBe(30);
    expect(yuanOf(1999)).toBe(19.99);
  });
  it('is null when the field is empty', () => {
    expect(fenOf(undefined)).toBeNull();
    expect(fenOf(Number.NaN)).toBeNull();
    expect(yuanOf(null)).toBeUndefined();
  });
});
