import { expect, it } from 'vitest';
import { chinese } from './chinese.ts';
import type { CouponTerms } from './contract.ts';
import { english } from './english.ts';
import { dateTime, faceOf, grouped, yuan } from './format.ts';

const terms: CouponTerms = { name: '券', kind: 'amount', valueFen: 1250, percentOff: null, exchangeItem: null, minSpendFen: 0, usageNotes: null };

it('shows what a coupon is worth', () => {
  expect(faceOf(terms, true)).toEqual({ before: '¥', big: '12.5', after: '' });
  expect(faceOf({ ...terms, kind: 'percent', percentOff: 20 }, true)).toMatchObject({ big: '8', after: '折' });
  expect(faceOf({ ...terms, kind: 'percent', percentOff: 12 }, true)).toMatchObject({ big: '8.8' });
  expect(faceOf({ ...terms, kind: 'percent', percentOff: 20 }, false)).toMatchObject({ big: '20', after: '% off' });
  expect(faceOf({ ...terms, kind: 'exchange', exchangeItem: '拿铁一杯' }, true).big).toBe('拿铁一杯');
});

it('writes money without needless digits', () => {
  expect([1000, 1001, 99, 0].map(yuan)).toEqual(['10', '10.01', '0.99', '0']);
});

it('groups a code for reading aloud', () => {
  expect(grouped('QQ6JCQHS2K6E')).toBe('QQ6J CQHS 2K6E');
  expect(grouped('ABCDE')).toBe('ABCD E');
});

it('shows an instant on the phone’s own clock', () => {
  const at = new Date(2026, 0, 5, 8, 7);
  expect(dateTime(at.toISOString(), true)).toBe('2026 年 1 月 5 日 08:07');
});

it('says the same things in both languages, and never trades the coupon for a subscription', () => {
  const keys = (value: object): string[] => Object.entries(value).flatMap(([key, inner]) => (typeof inner === 'object' ? keys(inner as object).map((one) => `${key}.${one}`) : [key]));
  expect(keys(english)).toEqual(keys(chinese));
  expect(JSON.stringify(Object.entries(chinese).map(([key, text]) => [key, String(text)]))).not.toMatch(/订阅.{0,6}(领|得)/);
});
