import { describe, expect, it } from 'vitest';
import { couponInput, couponProblems, emptyCoupon, useCouponForm, type Days } from './useCouponForm.ts';

const days: Days = {
  startOf: (day) => `${day}T00:00:00+08:00`,
  endOf: (day) => `${day}T23:59:59.999+08:00`,
  today: () => '2026-11-24',
};
const named = { ...emptyCoupon(), name: '回来吧' };

describe('useCouponForm', () => {
  it('needs only a name: every default is legal', () => {
    expect(couponProblems(emptyCoupon(), days.today())).toEqual({ name: 'name_missing' });
    expect(couponProblems(named, days.today())).toEqual({});
  });
  it('refuses a reduction above the threshold', () => {
    expect(couponProblems({ ...named, valueFen: 12000, minSpendFen: 10000 }, days.today())).toEqual({ valueFen: 'value_above_spend' });
    expect(couponProblems({ ...named, valueFen: 12000, minSpendFen: 0 }, days.today())).toEqual({});
  });
  it('refuses an end that has passed or lies before the start', () => {
    const fixed = { ...named, validity: 'fixed' as const };
    expect(couponProblems(fixed, days.today())).toEqual({ until: 'until_missing' });
    expect(couponProblems({ ...fixed, until: '2026-11-23' }, days.today())).toEqual({ until: 'until_past' });
    expect(couponProblems({ ...fixed, from: '2026-12-02', until: '2026-12-01' }, days.today())).toEqual({ until: 'until_before_from' });
  });
  it('sends nothing that belongs to another kind or another validity', () => {
    const input = couponInput({ ...named, kind: 'exchange', exchangeItem: ' 美式 ', validity: 'fixed', until: '2026-12-31' }, days);
    expect(input).toMatchObject({ exchangeItem: '美式', valueFen: null, percentOff: null, maxDiscountFen: null, validDays: null, validFrom: null });
    expect(input.validUntil).toBe('2026-12-31T23:59:59.999+08:00');
  });
  it('keeps quiet until the field was left or saving was tried', () => {
    const page = useCouponForm(days);
    expect(page.problemOf('name')).toBeUndefined();
    page.touch('name');
    expect(page.problemOf('name')).toBe('name_missing');
    page.form.stock = null;
    expect(page.problemOf('stock')).toBeUndefined();
    expect(page.submit()).toBeUndefined();
    expect(page.problemOf('stock')).toBe('stock_missing');
  });
  it('previews while typing', () => {
    const page = useCouponForm(days);
    page.form.kind = 'percent';
    page.form.percentOff = 15;
    expect(page.preview.value).toMatchObject({ kind: 'percent', percentOff: 15, valueFen: null });
  });
});
