import { whyNotField } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import { couponHints } from './coupon-hints.ts';

const at = { now: new Date('2026-11-24T04:00:00Z'), zone: 'Asia/Shanghai' };
const coupon = { name: '满 100 减 20', kind: 'amount' as const, valueFen: 2000, minSpendFen: 10000, validity: 'relative' as const, validDays: 7 };

describe('coupon hints', () => {
  it('tells an end that holds for whoever claims today', () => {
    expect(couponHints(coupon, '好久不见', at)).toEqual({ sentence: '好久不见', couponName: '满 100 减 20', expires: '2026年12月1日 23:59', worth: '20元' });
  });
  it('leaves out a worth that is no amount of money', () => {
    expect(couponHints({ ...coupon, kind: 'percent', percentOff: 20 }, '好久不见', at).worth).toBeUndefined();
  });
  it('cuts what no field could hold', () => {
    expect([...(couponHints({ ...coupon, name: '长'.repeat(30) }, '句'.repeat(30), at).couponName ?? '')]).toHaveLength(20);
    expect(couponHints(undefined, '句'.repeat(30), at)).toEqual({ sentence: '句'.repeat(20) });
  });
  it('tells an end that both date and time fields take', () => {
    const { expires } = couponHints({ ...coupon, validity: 'fixed', validUntil: '2026-12-31T15:59:59Z' }, '好久不见', at);
    expect(expires).toBe('2026年12月31日 23:59');
    for (const key of ['date1', 'time1'] as const) {
      expect(whyNotField({ key, label: '到期时间', type: key === 'date1' ? 'date' : 'time' }, expires)).toBeUndefined();
    }
  });
});
