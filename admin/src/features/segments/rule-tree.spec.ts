import { EVERYONE, type SegmentRule } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import { isComplete, judgeTree, LEAF_TYPES, newGroup, newRow, startLeaf, toJson, toTree } from './rule-tree.ts';

const tagId = '018f0000-0000-7000-8000-000000000001';
const rules: SegmentRule[] = [
  EVERYONE,
  { version: 1, root: { and: [{ type: 'last_visit', op: 'before', days: 30 }, { type: 'has_coupon', state: 'claimed' }] } },
  { version: 1, root: { or: [{ type: 'redeemed', days: 3 }, { and: [{ type: 'tag', has: true, tagId }, { type: 'source', in: ['jd_search'] }] }] } },
  { version: 1, root: { and: [{ not: { type: 'redeemed', days: 7 } }, { type: 'first_seen', op: 'within', days: 7 }] } },
  { version: 1, root: { not: { or: [{ type: 'redeemed', days: 7 }, { type: 'window_open', hoursLeft: 0 }] } } },
];

describe('rule tree', () => {
  it.each(rules)('gives back the rule it was made from', (rule) => {
    expect(judgeTree(toTree(rule)).rule).toEqual(rule);
  });
  it('wraps a lone condition in a group', () => {
    expect(toJson(toTree({ version: 1, root: { type: 'redeemed', days: 7 } }))).toEqual({ version: 1, root: { and: [{ type: 'redeemed', days: 7 }] } });
  });
  it('drops the days of a visit that never was', () => {
    const tree = newGroup('and', [{ ...newRow(), leaf: { type: 'last_visit', op: 'never', days: 30 } }]);
    expect(judgeTree(tree).rule).toEqual({ version: 1, root: { and: [{ type: 'last_visit', op: 'never' }] } });
  });
  it('says that a row is incomplete until its choice is made', () => {
    const unfinished = LEAF_TYPES.filter((type) => !isComplete(startLeaf(type)));
    expect(unfinished).toEqual(['claimed_offer', 'tag', 'source']);
    expect(isComplete({ ...startLeaf('tag'), tagId })).toBe(true);
    expect(judgeTree(newGroup('and', [newRow('tag')])).problems[0]?.path).toBe('root.and[0].tagId');
  });
  it('refuses an empty inner group and too many conditions', () => {
    expect(judgeTree(newGroup('and', [newGroup('or', [])])).problems[0]?.problem).toBe('empty_group');
    expect(judgeTree(newGroup('and', Array.from({ length: 51 }, () => newRow()))).problems[0]?.problem).toBe('too_many');
  });
});
