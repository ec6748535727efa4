import { describe, expect, it } from 'vitest';
import { EVERYONE, parseSegmentRule, segmentLeaves, segmentRuleSchema } from './segment-rule.ts';
import { describeSegment } from './segment-words.ts';

const ID = '0197f3a0-0000-7000-8000-000000000001';
const rule = (root: unknown) => ({ version: 1, root });
const problemsOf = (root: unknown) => {
  const parsed = parseSegmentRule(rule(root));
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.message);
};

describe('reading a segment rule', () => {
  it('takes every condition as it was written', () => {
    const root = {
      and: [
        { type: 'tag', tagId: ID, has: false }, { type: 'source', in: ['jd_search'] }, { type: 'first_seen', op: 'before', days: 7 },
        { type: 'last_visit', op: 'never' }, { type: 'last_visit', op: 'within', days: 1 }, { type: 'has_coupon', state: 'claimed' },
        { or: [{ type: 'coupon_expires_within', days: 3, templateId: ID }, { not: { type: 'has_permit', kind: 'service_window', atLeast: 1 } }] },
        { type: 'window_open', hoursLeft: 0.5 }, { type: 'redeemed', days: 3650 }, { type: 'claimed_offer', offerId: ID },
      ],
    };
    const parsed = parseSegmentRule(rule(root));
    expect(parsed).toEqual({ ok: true, rule: { version: 1, root } });
    expect(parsed.ok && segmentLeaves(parsed.rule.root)).toHaveLength(11);
  });

  it('names the place and the fix', () => {
    const bad = { and: [{ type: 'redeemed', days: 1 }, { type: 'redeemed', days: 1 }, { type: 'last_visit', op: 'before', days: 0 }] };
    expect(problemsOf(bad)).toEqual(['root.and[2].days: must be a whole number between 1 and 3650']);
    expect(problemsOf({ type: 'first_seen', op: 'within', days: 1.5 })).toEqual(['root.days: must be a whole number between 1 and 3650']);
    expect(problemsOf({ type: 'last_visit', op: 'soon', days: 3 })).toEqual(['root.op: must be one of within, before, never']);
    expect(problemsOf({ type: 'last_visit', op: 'never', days: 3 })).toEqual(['root: unknown field days; remove it']);
    expect(problemsOf({ type: 'source', in: ['a', 7] })).toEqual(['root.in[1]: must be a text']);
    expect(problemsOf({ type: 'tag', tagId: 'x', has: 'yes' })).toEqual(['root.tagId: must be an id', 'root.has: must be true or false']);
    expect(problemsOf({ or: [{ not: { type: 'moon' } }] })[0]).toMatch(/^root\.or\[0\]\.not\.type: must be one of tag, source/u);
    expect(problemsOf({ and: [{ or: [] }] })).toEqual(['root.and[0].or: needs at least one condition']);
    expect(problemsOf({ and: [], or: [] })).toEqual(['root: a group holds "and" and nothing else']);
    expect(problemsOf({ and: 3 })).toEqual(['root.and: must be a list']);
    expect(problemsOf({ not: null })).toEqual(['root.not: must be a group or a condition']);
    expect(problemsOf({ type: 'toString' })[0]).toMatch(/^root\.type: must be one of/u);
  });

  it.each([null, [], 'x', {}, { version: 2, root: {} }, { version: 1, root: [] }])('refuses %j as no rule', (value) => {
    expect(parseSegmentRule(value)).toMatchObject({ ok: false, problems: [{ problem: 'not_a_rule' }] });
  });

  it('refuses a tree 200 deep, and one a million deep, without falling over', () => {
    for (const depth of [9, 200, 1_000_000]) {
      let root: unknown = { type: 'redeemed', days: 1 };
      for (let level = 1; level < depth; level += 1) root = level % 2 ? { not: root } : { and: [root] };
      expect(parseSegmentRule(rule(root))).toMatchObject({ ok: false, problems: [{ problem: 'too_deep' }] });
    }
  });

  it('takes 8 levels and 50 conditions, and no more', () => {
    const leaf = { type: 'redeemed', days: 1 };
    let root: unknown = leaf;
    for (let level = 1; level < 8; level += 1) root = { and: [root] };
    expect(problemsOf(root)).toEqual([]);
    expect(problemsOf({ and: Array.from({ length: 50 }, () => leaf) })).toEqual([]);
    expect(problemsOf({ and: Array.from({ length: 51 }, () => leaf) })).toEqual(['root: may hold at most 50 conditions; remove some']);
    expect(problemsOf({ or: Array.from({ length: 2_000_000 }, () => leaf) })).toHaveLength(1);
  });

  it('is a schema too', () => {
    expect(segmentRuleSchema.parse(EVERYONE)).toEqual(EVERYONE);
    expect(segmentRuleSchema.safeParse(rule({ type: 'redeemed', days: 0 })).error?.issues[0]?.message).toContain('root.days');
  });
});

describe('reading a rule back', () => {
  const names = { couponTemplates: { [ID]: '8折券' }, tags: { [ID]: '老客' }, messageTemplates: { [ID]: '优惠券到期提醒' }, sources: { jd_search: '京东搜索' } };
  const say = (root: unknown, locale: 'zh' | 'en') => {
    const parsed = parseSegmentRule(rule(root));
    if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
    return describeSegment(parsed.rule, names, locale);
  };
  const sleepers = { and: [{ type: 'last_visit', op: 'before', days: 30 }, { type: 'has_coupon', templateId: ID, state: 'claimed' }] };

  it('says the plain case plainly', () => {
    expect(say(sleepers, 'zh')).toBe('最近30天未到店，且持有未使用的「8折券」');
    expect(say(sleepers, 'en')).toBe('Not visited in the last 30 days, and holding an unused “8折券”');
    expect(say({ and: [] }, 'zh')).toBe('所有客户');
    expect(say({ and: [] }, 'en')).toBe('All customers');
  });

  it('keeps groups apart and says no when it means no', () => {
    const mixed = { and: [{ or: [{ type: 'source', in: ['jd_search', 'qr'] }, { type: 'tag', tagId: ID, has: true }] }, { not: sleepers }] };
    expect(say(mixed, 'zh')).toBe('（来自京东搜索、qr，或带有标签「老客」），且不符合（最近30天未到店，且持有未使用的「8折券」）');
    expect(say(mixed, 'en')).toBe('(from 京东搜索 or qr, or with the tag “老客”), and not (not visited in the last 30 days, and holding an unused “8折券”)');
  });

  it('never shows an id', () => {
    const other = '0197f3a0-0000-7000-8000-000000000009';
    for (const locale of ['zh', 'en'] as const) {
      for (const leaf of [
        { type: 'tag', tagId: other, has: true }, { type: 'has_coupon', templateId: other, state: 'redeemed' },
        { type: 'has_permit', templateId: other, atLeast: 1 }, { type: 'claimed_offer', offerId: other },
        { type: 'coupon_expires_within', days: 1, templateId: other }, { type: 'has_permit', kind: 'service_window', atLeast: 2 },
      ]) expect(say(leaf, locale)).not.toMatch(/0197f3a0|undefined/u);
    }
  });
});
