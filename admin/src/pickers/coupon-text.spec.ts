import { describe, expect, it } from 'vitest';
import { couponBenefit, couponValidity, fromZhe, toZhe, yuan, type CouponFace } from './coupon-text.ts';

const t = (key: string, params: Record<string, unknown>): string =>
  `${key.replace('pickers.coupon.', '')}(${Object.values(params).join(',')})`;
const face = (more: Partial<CouponFace>): CouponFace => ({ name: '券', kind: 'amount', minSpendFen: 0, validity: 'relative', validDays: 7, ...more });

describe('coupon text', () => {
  it('writes fen as yuan without idle zeros', () => {
    expect([yuan(2000), yuan(1250), yuan(1), yuan(0)]).toEqual(['20', '12.5', '0.01', '0']);
  });
  it('turns 20 % off into 8 折 and back, and refuses what is no discount', () => {
    expect(toZhe(20)).toBe('8');
    expect(toZhe(15)).toBe('8.5');
    expect(fromZhe(8.5)).toBe(15);
    expect(fromZhe(8.8)).toBe(12);
    expect([fromZhe(10), fromZhe(0), fromZhe(null), fromZhe(Number.NaN)]).toEqual([undefined, undefined, undefined, undefined]);
  });
  it('says the threshold before the reduction', () => {
    expect(couponBenefit(face({ valueFen: 2000, minSpendFen: 10000 }), t)).toBe('from(100)minus(20)');
    expect(couponBenefit(face({ valueFen: 500 }), t)).toBe('straightMinus(5)');
  });
  it('caps a percentage only when there is a cap', () => {
    expect(couponBenefit(face({ kind: 'percent', percentOff: 20, maxDiscountFen: 3000 }), t)).toBe('percent(8,20)atMost(30)');
    expect(couponBenefit(face({ kind: 'percent', percentOff: 20 }), t)).toBe('percent(8,20)');
  });
  it('shows an open start as an end only', () => {
    const day = (iso: string): string => iso.slice(0, 10);
    expect(couponValidity(face({}), t, day)).toBe('days(7)');
    expect(couponValidity(face({ validity: 'fixed', validUntil: '2026-12-31T15:59:59Z' }), t, day)).toBe('until(2026-12-31)');
  });
});
