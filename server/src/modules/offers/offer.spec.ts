import type { OfferLintFinding, TemplateField } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import { noticeProblems, offerProblem, whyNotChange, whyNotPublish, type Offer, type OfferInput, type PublishFacts } from './offer.js';

const now = new Date('2026-11-24T10:00:00+08:00');
const input: OfferInput = { name: '新客券', headline: '8 折券', channelId: 'ch', couponTemplateId: 'co', notices: [] };
const fields: TemplateField[] = [{ key: 'thing1', type: 'thing', label: '券名' }, { key: 'time2', type: 'time', label: '到期时间' }];
const fact = { title: '到期提醒', kind: 'one_time', isActive: true, fields };
const notice = (texts: Record<string, string>) => [{ templateId: 't', purpose: 'coupon_expiring', fields: texts }];
const problems = (texts: Record<string, string>) => noticeProblems(notice(texts), () => fact).map((p) => `${p.field} ${p.problem}`);

describe('an offer', () => {
  it.each<[Partial<OfferInput>, string, string]>([
    [{ name: '' }, 'name', 'required'],
    [{ headline: '字'.repeat(31) }, 'headline', 'too_long'],
    [{ description: '字'.repeat(501) }, 'description', 'too_long'],
    [{ notices: [{ templateId: 't', purpose: 'spam', fields: {} }] }, 'notices[0].purpose', 'unknown'],
    [{ notices: [...notice({}), ...notice({})] }, 'notices[1].templateId', 'twice'],
    [{ notices: [{ templateId: 't', purpose: 'result', fields: { thing1: 5 } as never }] }, 'notices[0].fields', 'bad_format'],
  ])('is refused with the field and the problem: %j', (more, field, problem) => {
    expect(offerProblem({ ...input, ...more })).toMatchObject({ field, problem });
  });
  it('keeps its promise once published; words may change', () => {
    const published = { ...input, id: 'o', description: '', mode: 'service', state: 'published', notices: [], overrideReason: null, publishedAt: now, endedAt: null, createdAt: now } satisfies Offer;
    expect(whyNotChange(published, { ...input, headline: '9 折券' })).toBeUndefined();
    expect(whyNotChange(published, { ...input, couponTemplateId: 'other' })).toMatchObject({ field: 'couponTemplateId', problem: 'published_fixed' });
    expect(whyNotChange({ ...published, state: 'draft' }, { ...input, couponTemplateId: 'other' })).toBeUndefined();
  });
});

describe('a notice', () => {
  it('is complete when every field passes the template\'s rules with its variables filled', () => {
    expect(problems({ thing1: '{{coupon.name}}', time2: '{{coupon.expires_at}}' })).toEqual([]);
  });
  it('names each field that is missing, malformed or unknown', () => {
    expect(problems({ thing1: '{{coupon.nmae}}' })).toEqual(['thing1 unknown_variable', 'time2 missing']);
    expect(problems({ thing1: '字'.repeat(21), time2: '明天', thing9: 'x' })).toEqual(['thing1 too_long', 'time2 bad_format', 'thing9 unknown_field']);
  });
  it('cannot stand on a template that is gone', () => {
    expect(noticeProblems(notice({}), () => ({ ...fact, isActive: false }))[0]?.problem).toBe('template_unknown');
  });
});

describe('publishing', () => {
  const block: OfferLintFinding = { level: 'block', rule: 'conditional_subscription', since: '2019-10-12' };
  const ready: PublishFacts = { offer: { state: 'draft' }, coupon: { isArchived: false, remaining: 5, validUntil: null }, channelStatus: 'live', lint: [], problems: [], override: undefined };
  const why = (more: Partial<PublishFacts>) => whyNotPublish({ ...ready, ...more }, now)?.code;

  it('works when everything is ready, and with advice', () => {
    expect(why({})).toBeUndefined();
    expect(why({ lint: [{ level: 'advise', rule: 'no_notice', since: null }] })).toBeUndefined();
  });
  it('gives the reason when it does not', () => {
    expect(why({ offer: { state: 'ended' } })).toBe('offer_ended');
    expect(why({ coupon: { ...ready.coupon, isArchived: true } })).toBe('coupon_archived');
    expect(why({ coupon: { ...ready.coupon, validUntil: now } })).toBe('coupon_over');
    expect(why({ coupon: { ...ready.coupon, remaining: 0 } })).toBe('sold_out');
    expect(why({ channelStatus: 'connecting' })).toBe('channel_not_connected');
    expect(why({ problems: [{ notice: 0, field: 'thing1', problem: 'missing', zh: '', en: '' }] })).toBe('notices_incomplete');
    expect(why({ lint: [block] })).toBe('lint_blocked');
  });
  it('lets only the owner go against policy, with a reason', () => {
    expect(why({ lint: [block], override: { reason: '已获平台书面同意', isAllowed: false } })).toBe('override_owner_only');
    expect(why({ lint: [block], override: { reason: '好', isAllowed: true } })).toBe('override_reason_needed');
    expect(why({ lint: [block], override: { reason: '已获平台书面同意', isAllowed: true } })).toBeUndefined();
  });
  it('lets nobody publish what the platform would refuse anyway', () => {
    expect(why({ lint: [{ level: 'block', rule: 'too_many_notices', since: '2025-12-16' }], override: { reason: '已获平台书面同意', isAllowed: true } })).toBe('lint_blocked');
  });
});
