import { describe, expect, it } from 'vitest';
import { fillMessageText, parseMessageText, requiredVariables } from './message-text.ts';

const fill = (text: string, values = {}): unknown => {
  const parsed = parseMessageText(text);
  return parsed.ok ? fillMessageText(parsed.parts, values) : parsed;
};

describe('message text', () => {
  it('fills variables and falls back where a default is written', () => {
    expect(fill('{{customer.name | default: "您"}}好，{{shop.name}}', { 'shop.name': '店' })).toEqual({ text: '您好，店' });
    expect(fill('{{ customer.name|default:\'您\' }}', { 'customer.name': '小王' })).toEqual({ text: '小王' });
  });
  it('names the variable that is missing instead of sending a hole', () => {
    expect(fill('您的{{coupon.name}}')).toEqual({ missing: 'coupon.name' });
  });
  it('refuses variables it does not know, logic, and braces that do not close', () => {
    expect(fill('{{customer.password}}')).toMatchObject({ ok: false, problem: 'unknown_variable', variable: 'customer.password' });
    for (const bad of ['{{customer.name', 'a }} b', '{% for x in y %}', '{{ customer.name | upcase }}', '{{}}']) {
      expect(fill(bad), bad).toMatchObject({ ok: false, problem: 'bad_braces' });
    }
  });
  it('keeps values as they are: braces in a name are not read again', () => {
    expect(fill('{{customer.name}}', { 'customer.name': '{{shop.name}}' })).toEqual({ text: '{{shop.name}}' });
  });
  it('lists what a text cannot do without', () => {
    const parsed = parseMessageText('{{coupon.name}}{{coupon.name}}{{customer.name|default:"x"}}');
    expect(parsed.ok && requiredVariables(parsed.parts)).toEqual(['coupon.name']);
  });
});
