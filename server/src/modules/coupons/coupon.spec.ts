import { describe, expect, it } from 'vitest';
import { discountFen, stateAfterUndo, whyNotRedeem, whyNotUndo, type Coupon, type CouponTemplate, type Redemption } from './coupon.js';

const now = new Date('2026-11-24T10:00:00+08:00');
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

const template = (more: Partial<CouponTemplate> = {}): CouponTemplate => ({
  id: 't', name: '满 50 减 10', kind: 'amount', valueFen: 1000, percentOff: null, maxDiscountFen: null, exchangeItem: null, minSpendFen: 5000,
  stock: 10, remaining: 10, perPersonLimit: 1, validity: 'relative', validFrom: null, validUntil: null, validDays: 7, usageNotes: null,
  isArchived: false, createdAt: at(-100), ...more,
});
const coupon = (more: Partial<Coupon> = {}): Coupon => ({
  id: 'c', code: 'X', state: 'claimed', templateId: 't', customerId: 'p', offerId: null, claimedAt: at(-1), usableFrom: at(-1), expiresAt: at(1),
  redeemedAt: null, ...more,
});
const redemption = (more: Partial<Redemption> = {}): Redemption => ({
  id: 'r', couponId: 'c', customerId: 'p', orderFen: 5000, discountFen: 1000, store: null, requestKey: 'k', redeemedAt: at(-1), undoneAt: null, ...more,
});

describe('redeeming', () => {
  it('takes a coupon that reaches the minimum exactly', () => {
    expect(whyNotRedeem(coupon(), template(), 5000, now)).toBeUndefined();
  });
  it('refuses a fen below the minimum and says how much is needed', () => {
    expect(whyNotRedeem(coupon(), template(), 4999, now)).toEqual({ code: 'below_min_spend', details: { minSpendFen: 5000, orderFen: 4999 } });
  });
  it('asks for the order amount only when a minimum depends on it', () => {
    expect(whyNotRedeem(coupon(), template(), undefined, now)?.code).toBe('order_amount_needed');
    expect(whyNotRedeem(coupon(), template({ minSpendFen: 0 }), undefined, now)).toBeUndefined();
  });
  it('refuses a coupon that expires this instant, although no job has marked it yet', () => {
    expect(whyNotRedeem(coupon({ expiresAt: now }), template(), 5000, now)?.code).toBe('coupon_expired');
  });
  it('refuses a coupon that is not usable yet', () => {
    expect(whyNotRedeem(coupon({ usableFrom: at(0.1) }), template(), 5000, now)?.code).toBe('coupon_not_yet_usable');
  });
  it('refuses a second time and says when it was used', () => {
    const used = at(-0.5);
    expect(whyNotRedeem(coupon({ state: 'redeemed', redeemedAt: used }), template(), 5000, now)).toEqual({
      code: 'coupon_already_redeemed', details: { redeemedAt: used },
    });
  });
});

describe('the discount', () => {
  it('never takes off more than the order', () => {
    expect(discountFen(template({ minSpendFen: 0 }), 300)).toBe(300);
    expect(discountFen(template({ minSpendFen: 0 }), undefined)).toBe(1000);
  });
  it('drops fractions of a fen and stops at its ceiling', () => {
    const percent = template({ kind: 'percent', valueFen: null, percentOff: 15, minSpendFen: 0 });
    expect(discountFen(percent, 333)).toBe(49);
    expect(discountFen({ ...percent, maxDiscountFen: 40 }, 333)).toBe(40);
    expect(discountFen(percent, undefined)).toBe(0);
  });
  it('is nothing for an exchange', () => {
    expect(discountFen(template({ kind: 'exchange', exchangeItem: '拿铁一杯' }), 5000)).toBe(0);
  });
});

describe('taking a redemption back', () => {
  it('works until 24 hours have passed', () => {
    expect(whyNotUndo(redemption({ redeemedAt: at(-23.9) }), now)).toBeUndefined();
    expect(whyNotUndo(redemption({ redeemedAt: at(-24) }), now)?.code).toBe('undo_too_late');
  });
  it('works once', () => {
    expect(whyNotUndo(redemption({ undoneAt: at(-0.1) }), now)?.code).toBe('redemption_already_undone');
  });
  it('gives back an expired coupon when its time ran out meanwhile', () => {
    expect(stateAfterUndo(coupon({ expiresAt: now }), now)).toBe('expired');
    expect(stateAfterUndo(coupon(), now)).toBe('claimed');
  });
});
