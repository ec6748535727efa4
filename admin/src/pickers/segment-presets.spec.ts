import { parseSegmentRule } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import { presetRule, SEGMENT_PRESETS } from './segment-presets.ts';

describe('segment presets', () => {
  it.each(SEGMENT_PRESETS.map((preset) => preset.key))('%s is a rule the server takes', (key) => {
    expect(parseSegmentRule(presetRule(key))).toEqual({ ok: true, rule: presetRule(key) });
  });
  it('gives a copy, so that editing one does not change the next', () => {
    const first = presetRule('sleepers30');
    if ('and' in first.root) first.root.and.push({ type: 'redeemed', days: 1 });
    expect(presetRule('sleepers30')).toEqual({ version: 1, root: { and: [{ type: 'last_visit', op: 'before', days: 30 }] } });
  });
});
