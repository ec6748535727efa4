import { describe, expect, it } from 'vitest';
import { fill, suggestValues, unknownVariables, valueProblems, whyNotValue, type Samples } from './message-values.ts';

const samples: Samples = { 'customer.name': '小林', 'coupon.name': '满 100 减 20', 'coupon.expires_at': '2026年12月1日', 'shop.name': '山野茶集' };
const thing = { key: 'thing1', label: '券名称', type: 'thing' };
const tip = { key: 'thing2', label: '温馨提示', type: 'thing' };
const date = { key: 'date3', label: '到期时间', type: 'date' };
const time = { key: 'time5', label: '截止时间', type: 'time' };
const amount = { key: 'amount4', label: '抵扣金额', type: 'amount' };

describe('message values', () => {
  it('fills known variables, with or without spaces, and leaves unknown ones to be seen', () => {
    expect(fill('{{ customer.name }}，{{coupon.name}} {{x.y}}', samples)).toBe('小林，满 100 减 20 {{x.y}}');
    expect(unknownVariables('{{customer.name}} {{ x.y }}')).toEqual(['x.y']);
  });
  it('judges the filled text, not the braces', () => {
    expect(whyNotValue(thing, '{{coupon.name}}', samples)).toBeUndefined();
    expect(whyNotValue(thing, '{{coupon.name}}快到期了记得来用哦，别忘记了', samples)).toMatchObject({ kind: 'field', problem: { rule: 'too_long', limit: 20 } });
  });
  it('names the variable that nobody can fill', () => {
    expect(whyNotValue(thing, '{{coupon.nme}}', samples)).toMatchObject({ kind: 'variable', variable: 'coupon.nme' });
  });
  it('reports a field that was never filled', () => {
    expect(Object.keys(valueProblems([thing, tip], { thing1: '好' }, samples))).toEqual(['thing2']);
  });
  it('suggests words that are legal as they stand', () => {
    const fields = [thing, tip, date, time, amount];
    const values = suggestValues(fields, '好久不见，回来坐坐吧', '20元');
    expect(values).toEqual({
      thing1: '{{coupon.name}}', thing2: '好久不见，回来坐坐吧', date3: '{{coupon.expires_at}}', time5: '{{coupon.expires_at}} 23:59', amount4: '20元',
    });
    expect(valueProblems(fields, values, samples)).toEqual({});
  });
  it('does not say the same twice', () => {
    const values = suggestValues([thing, { key: 'thing9', label: '活动名称', type: 'thing' }], '回来看看', '20元');
    expect(values['thing9']).toBe('回来看看');
  });
});
