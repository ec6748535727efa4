import { describe, expect, it } from 'vitest';
import { canUndo, cleanCode, discountFen, useRedeem, whyNotRedeem, type TillCoupon } from './useRedeem.ts';

const now = new Date('2026-11-24T04:00:00Z');
const coupon: TillCoupon = {
  id: 'c1', code: 'AB34', state: 'claimed', usableFrom: '2026-11-20T00:00:00Z', expiresAt: '2026-11-30T00:00:00Z',
  template: { name: '满 100 减 20', kind: 'amount', valueFen: 2000, minSpendFen: 10000, validity: 'relative', validDays: 7 },
};
const percent = { ...coupon.template, kind: 'percent' as const, percentOff: 20, maxDiscountFen: 3000, minSpendFen: 0 };

describe('the till', () => {
  it('reads a code however it was typed', () => {
    expect(cleanCode(' ab34 cd-56 ')).toBe('AB34CD56');
  });
  it('says why a coupon is no good', () => {
    expect(whyNotRedeem({ ...coupon, state: 'redeemed' }, 10000, now)).toBe('redeemed');
    expect(whyNotRedeem({ ...coupon, expiresAt: now.toISOString() }, 10000, now)).toBe('expired');
    expect(whyNotRedeem({ ...coupon, usableFrom: '2026-11-25T00:00:00Z' }, 10000, now)).toBe('too_early');
    expect(whyNotRedeem(coupon, null, now)).toBe('order_missing');
    expect(whyNotRedeem(coupon, 9999, now)).toBe('order_small');
    expect(whyNotRedeem(coupon, 10000, now)).toBeUndefined();
  });
  it('counts what is saved, never more than the order or the cap', () => {
    expect(discountFen({ ...coupon.template, minSpendFen: 0 }, 1500)).toBe(1500);
    expect(discountFen(percent, 10001)).toBe(2000);
    expect(discountFen(percent, 1000000)).toBe(3000);
    expect(discountFen(percent, null)).toBeNull();
  });
  it('allows an undo for 24 hours, once', () => {
    expect(canUndo({ redeemedAt: '2026-11-23T04:00:01Z' }, now)).toBe(true);
    expect(canUndo({ redeemedAt: '2026-11-23T04:00:00Z' }, now)).toBe(false);
    expect(canUndo({ redeemedAt: '2026-11-24T03:00:00Z', undoneAt: '2026-11-24T03:10:00Z' }, now)).toBe(false);
  });
  it('keeps the request key while no answer came, and takes a new one after', async () => {
    const keys: string[] = [];
    let made = 0;
    let lost = true;
    const till = useRedeem({
      find: async () => coupon,
      redeem: async ({ requestKey }) => {
        keys.push(requestKey);
        if (lost) throw new Error('no answer');
        return { id: 'r1' };
      },
      newKey: () => `k${++made}`,
      now: () => now,
    });
    till.typed.value = 'ab34';
    await till.find();
    till.orderFen.value = 12000;
    await expect(till.redeem()).rejects.toThrow('no answer');
    lost = false;
    await till.redeem();
    expect(till.done.value).toEqual({ id: 'r1' });
    till.typed.value = 'ab34';
    await till.find();
    till.orderFen.value = 12000;
    await till.redeem();
    expect(keys).toEqual(['k1', 'k1', 'k2']);
  });
  it('redeems once for a double click', async () => {
    let calls = 0;
    const till = useRedeem({ find: async () => coupon, redeem: async () => ({ id: `r${++calls}` }), newKey: () => 'k', now: () => now });
    till.typed.value = 'ab34';
    await till.find();
    till.orderFen.value = 12000;
    await Promise.all([till.redeem(), till.redeem()]);
    expect(calls).toBe(1);
  });
  it('shows the refusal and keeps the coupon on the screen', async () => {
    const till = useRedeem({ find: async () => coupon, redeem: async () => ({ refused: 'already_redeemed' }), newKey: () => 'k', now: () => now });
    till.typed.value = 'ab34';
    await till.find();
    till.orderFen.value = 12000;
    await till.redeem();
    expect(till.refusal.value?.code).toBe('already_redeemed');
    expect(till.coupon.value).not.toBeNull();
  });
  it('says which code was not found', async () => {
    const till = useRedeem({ find: async () => null, redeem: async () => ({ id: 'r' }), newKey: () => 'k', now: () => now });
    till.typed.value = 'zz-99';
    await till.find();
    expect(till.notFound.value).toBe('ZZ99');
  });
});
