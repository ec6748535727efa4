import { describe, expect, it } from 'vitest';
import { couponHints } from './coupon-hints.ts';

const now = new Date('2026-11-24T04:00:00Z');
const coupon = { name: '满 100 减 20', kind: 'amount' as const, valueFen: 2000, minSpendFen: 10000, validity: 'relative' as const, validDays: 7 };

describe('coupon hints', () => {
  it('tells an end that holds for whoever claims today', () => {
    expect(couponHints(coupon, '好久不见', now)).toEqual({ sentence: '好久不见', couponName: '满 100 减 20', expires: '2026年12月1日', worth: '20元' });
  });
  it('leaves out a worth that is no amount of money', () => {
    expect(couponHints({ ...coupon, kind: 'percent', percentOff: 20 }, '好久不见', now).worth).toBeUndefined();
  });
  it('cuts what no field could hold', () => {
    expect([...(couponHints({ ...coupon, name: '长'.repeat(30) }, '句'.repeat(30), now).couponName ?? '')]).toHaveLength(20);
    expect(couponHints(undefined, '句'.repeat(30))).toEqual({ sentence: '句'.repeat(20) });
  });
});
