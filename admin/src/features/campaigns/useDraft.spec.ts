import { describe, expect, it } from 'vitest';
import { presetRule } from '../../pickers/segment-presets.ts';
import { ruleOf, segmentFor } from './useDraft.ts';

const saved = [{ id: 's1', name: '沉睡客户', rule: { root: { and: [{ op: 'before', type: 'last_visit', days: 60 }] }, version: 1 } }];

describe('people of a draft', () => {
  it('uses the segment that was chosen', () => {
    expect(segmentFor({ segmentId: 's1' }, saved, String)).toEqual({ id: 's1' });
    expect(ruleOf({ segmentId: 's1' }, saved)).toEqual({ version: 1, root: { and: [{ type: 'last_visit', op: 'before', days: 60 }] } });
  });
  it('makes a preset into a segment only when none means the same, under a free name', () => {
    expect(segmentFor({ preset: 'sleepers30' }, saved, () => '沉睡客户')).toEqual({ name: '沉睡客户 2', rule: presetRule('sleepers30') });
    expect(segmentFor({ preset: 'sleepers30' }, [{ ...saved[0]!, rule: presetRule('sleepers30') }], () => '沉睡客户')).toEqual({ id: 's1' });
  });
  it('has no rule while nobody is chosen', () => {
    expect(ruleOf({ segmentId: '' }, saved)).toBeUndefined();
  });
});
