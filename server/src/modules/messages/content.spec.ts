import { describe, expect, it } from 'vitest';
import type { TemplateField } from '@huiliu/shared';
import { contentProblems, fillRung, needsOf } from './content.js';
import type { Rung } from './plan.js';

const FIELDS: TemplateField[] = [
  { key: 'thing1', type: 'thing', label: '券名称' },
  { key: 'time2', type: 'time', label: '到期时间' },
];
const rung = (fields: Record<string, string>): Rung => ({ kind: 'subscription', channelId: 'c', templateId: 't', fields });
const window = (text: string): Rung => ({ kind: 'window', channelId: 'c', text });
const problems = (...rungs: Rung[]): string[] => contentProblems(rungs, (id) => (id === 't' ? FIELDS : undefined)).map((p) => `${p.rung}.${p.field}:${p.problem}`);

describe('the ladder as it is saved', () => {
  it('passes with variables and fallbacks that fit', () => {
    expect(problems(window('{{customer.name | default: "您"}}好'), rung({ thing1: '{{coupon.name}}', time2: '{{coupon.expires_at}}' }))).toEqual([]);
  });
  it('names rung, field and problem', () => {
    expect(problems(window(' '), rung({ thing1: '券'.repeat(21), time9: 'x' }))).toEqual(['0.text:empty', '1.thing1:too_long', '1.time2:missing', '1.time9:unknown_field']);
    expect(problems(rung({ thing1: '{{coupon.nam}}', time2: '{{coupon.expires_at' }))).toEqual(['0.thing1:unknown_variable', '0.time2:bad_braces']);
    expect(problems({ kind: 'subscription', channelId: 'c', templateId: 'gone', fields: {} })).toEqual(['0.templateId:template_unknown']);
    expect(problems()).toEqual(['0.:empty']);
    expect(problems(window('长'.repeat(601)))).toEqual(['0.text:too_long']);
  });
  it('judges the fallback too: it is what strangers will read', () => {
    expect(problems(rung({ thing1: `{{customer.name | default: "${'好'.repeat(21)}"}}`, time2: '15:00' }))).toEqual(['0.thing1:too_long']);
    expect(problems(rung({ thing1: 'x', time2: '{{coupon.expires_at | default: "soon"}}' }))).toEqual(['0.time2:bad_format']);
  });
  it('lets what many read name the shop and nobody else', () => {
    const task = (text: string, deadlineHours = 24): Rung => ({ kind: 'contact_task', channelId: 'c', text, deadlineHours });
    expect(problems(task('{{shop.name}}上新了'), { kind: 'post', channelId: 'c', text: '上新了' }, { kind: 'post', channelId: 'c', mediaId: 'M' })).toEqual([]);
    expect(problems(task('{{customer.name | default: "您"}}好'), task('好'.repeat(1_301)), task('好', 0), { kind: 'post', channelId: 'c', text: '上新', mediaId: 'M' })).toEqual([
      '0.text:personal_variable', '1.text:too_long', '2.deadlineHours:out_of_range', '3.text:two_contents',
    ]);
  });
  it('knows what it cannot do without', () => {
    expect(needsOf(window('{{customer.name}} {{coupon.name | default: "券"}}'))).toEqual({ name: true, coupon: false });
    expect(needsOf(rung({ thing1: '{{coupon.name}}', time2: '15:00' }))).toEqual({ name: false, coupon: true });
  });
});

describe('a rung for one person', () => {
  const values = { 'coupon.name': '满50减10', 'coupon.expires_at': '2026年12月1日 18:00' };
  const text = rung({ thing1: '{{customer.name | default: "您"}}的{{coupon.name}}', time2: '{{coupon.expires_at}}' });
  it('is filled from their own values', () => {
    expect(fillRung(text, FIELDS, values)).toEqual({ ok: true, kind: 'template', isClipped: false, data: { thing1: '您的满50减10', time2: '2026年12月1日 18:00' } });
  });
  it('says so when free text had to be shortened, and never bends a time', () => {
    expect(fillRung(text, FIELDS, { ...values, 'coupon.name': '券'.repeat(40) })).toMatchObject({ ok: true, isClipped: true });
    expect(fillRung(text, FIELDS, { ...values, 'coupon.expires_at': 'soon' })).toEqual({ ok: false, reason: 'field_invalid', field: 'time2' });
  });
  it('fails rather than send a hole', () => {
    expect(fillRung(text, FIELDS, {})).toEqual({ ok: false, reason: 'variable_missing', field: 'thing1' });
    expect(fillRung(window('{{customer.name}}'), [], {})).toMatchObject({ ok: false, reason: 'variable_missing' });
  });
});
