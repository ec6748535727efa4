import { parseSegmentRule } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import { freeName, isSameRule, presetRule, SEGMENT_PRESETS } from './segment-presets.ts';

describe('segment presets', () => {
  it.each(SEGMENT_PRESETS.map((preset) => preset.key))('%s is a rule the server takes', (key) => {
    expect(parseSegmentRule(presetRule(key))).toEqual({ ok: true, rule: presetRule(key) });
  });
  it('gives a copy, so that editing one does not change the next', () => {
    const first = presetRule('sleepers30');
    if ('and' in first.root) first.root.and.push({ type: 'redeemed', days: 1 });
    expect(presetRule('sleepers30')).toEqual({ version: 1, root: { and: [{ type: 'last_visit', op: 'before', days: 30 }] } });
  });
  it('knows a rule again though its keys come in another order', () => {
    expect(isSameRule(presetRule('sleepers30'), { root: { and: [{ days: 30, op: 'before', type: 'last_visit' }] }, version: 1 })).toBe(true);
    expect(isSameRule(presetRule('sleepers30'), presetRule('everyone'))).toBe(false);
  });
  it('finds a name that is free', () => {
    expect(freeName('沉睡客户', ['沉睡客户', '沉睡客户 2'])).toBe('沉睡客户 3');
    expect(freeName('沉睡客户', [])).toBe('沉睡客户');
  });
});
