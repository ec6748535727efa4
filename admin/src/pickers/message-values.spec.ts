import { describe, expect, it } from 'vitest';
import { asVariable, fill, suggestValues, valueProblems, whyNotValue, type Samples } from './message-values.ts';

const samples: Samples = { 'customer.name': '小林', 'coupon.name': '满100减20', 'coupon.expires_at': '2026年12月1日 18:00', 'shop.name': '山野茶集' };
const thing = { key: 'thing1', label: '券名称', type: 'thing' };
const tip = { key: 'thing2', label: '温馨提示', type: 'thing' };
const date = { key: 'date3', label: '到期时间', type: 'date' };
const time = { key: 'time5', label: '截止时间', type: 'time' };
const amount = { key: 'amount4', label: '抵扣金额', type: 'amount' };

describe('message values', () => {
  it('fills a text, and leaves one with a mistake as it is', () => {
    expect(fill('{{ customer.name }}，{{coupon.name}}', samples)).toBe('小林，满100减20');
    expect(fill('{{coupon.nme}}', samples)).toBe('{{coupon.nme}}');
  });
  it('writes a fallback that cannot break the braces', () => {
    expect(asVariable('coupon.name', '8 折 "会员" {券}')).toBe('{{coupon.name | default: "8 折 会员 券"}}');
    expect(fill(asVariable('coupon.name', '8 折券'), {})).toBe('8 折券');
  });
  it('judges the filled text, not the braces', () => {
    expect(whyNotValue(thing, '{{coupon.name}}', samples)).toBeUndefined();
    expect(whyNotValue(thing, '{{coupon.name}}快到期了记得来用哦，别忘记了', samples)).toMatchObject({ kind: 'field', problem: { rule: 'too_long', limit: 20 } });
  });
  it('judges the fallback too: it is what most people will read', () => {
    expect(whyNotValue(thing, `{{coupon.name | default: "${'长'.repeat(21)}"}}`, samples)).toMatchObject({ kind: 'field', problem: { rule: 'too_long' } });
  });
  it('names the variable that nobody can fill', () => {
    expect(whyNotValue(thing, '{{coupon.nme}}', samples)).toMatchObject({ kind: 'text', problem: { problem: 'unknown_variable', variable: 'coupon.nme' } });
    expect(whyNotValue(thing, '{{coupon.name', samples)).toMatchObject({ kind: 'text', problem: { problem: 'bad_braces' } });
  });
  it('reports a field that was never filled', () => {
    expect(Object.keys(valueProblems([thing, tip], { thing1: '好' }, samples))).toEqual(['thing2']);
  });
  it('suggests words that are legal as they stand, for people with and without a coupon', () => {
    const fields = [thing, tip, date, time, amount];
    const values = suggestValues(fields, { sentence: '好久不见，回来坐坐吧', couponName: '满100减20', expires: '2026年12月31日', worth: '20元' });
    expect(values['thing1']).toBe('{{coupon.name | default: "满100减20"}}');
    expect(values['thing2']).toBe('好久不见，回来坐坐吧');
    expect(Object.keys(valueProblems([thing, tip, date, amount], values, samples))).toEqual([]);
  });
  it('does not say the same twice', () => {
    const values = suggestValues([thing, { key: 'thing9', label: '活动名称', type: 'thing' }], { sentence: '回来看看' });
    expect(values).toEqual({ thing1: '{{coupon.name}}', thing9: '回来看看' });
  });
});
