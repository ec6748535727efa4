import { describe, expect, it } from 'vitest';
import { inducingWords, lintOffer, type OfferLintInput } from './offer.ts';

const notice = (title: string, purpose = 'coupon_expiring', kind = 'one_time') => ({ title, purpose, kind });
const service: OfferLintInput = {
  platform: 'wechat_mini_program', mode: 'service', headline: '新客 8 折券', description: '到店出示即可使用，到期前提醒您', notices: [notice('优惠券到期提醒')],
};
const rules = (more: Partial<OfferLintInput>) => lintOffer({ ...service, ...more }).map((f) => `${f.level} ${f.rule}`);

describe('the policy linter', () => {
  it('finds nothing wrong with the service form', () => {
    expect(rules({})).toEqual([]);
  });
  it('blocks a reward that depends on subscribing, cites the date and proposes the service form', () => {
    expect(lintOffer({ ...service, mode: 'conditional' })).toEqual([
      { level: 'block', rule: 'conditional_subscription', since: '2019-10-12', details: { instead: 'service' } },
    ]);
  });
  it('advises against a notice that has nothing to do with the tap', () => {
    expect(rules({ notices: [notice('新品通知', 'new_offer')] })).toEqual(['advise unrelated_notice']);
  });
  it('knows how many templates one prompt may show', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => notice(`模板${i}`));
    expect(rules({ notices: many(3) })).toEqual([]);
    expect(rules({ notices: many(4) })).toEqual(['advise older_clients']);
    expect(rules({ notices: many(6) })).toEqual(['block too_many_notices']);
    expect(rules({ notices: [] })).toEqual(['advise no_notice']);
  });
  it('blocks what the platform would drop from a prompt', () => {
    expect(rules({ notices: [notice('到期提醒'), notice('到期提醒')] })).toEqual(['block same_title']);
    expect(rules({ notices: [notice('甲'), notice('乙', 'result', 'long_term')] })).toEqual(['block mixed_kinds']);
  });
  it('puts what blocks before what only advises', () => {
    expect(rules({ mode: 'conditional', notices: [] })).toEqual(['block conditional_subscription', 'advise no_notice']);
  });
  it('has nothing to say about other platforms', () => {
    expect(rules({ platform: 'h5', mode: 'conditional', notices: [] })).toEqual([]);
  });
});

describe('inducing words', () => {
  it.each(['订阅即送 8 折券', '授权通知领红包', '订阅消息才能参加', '开启提醒，立减 5 元', 'Subscribe to get 20% off'])('are seen: %s', (text) => {
    expect(inducingWords(text)).toBeDefined();
  });
  it.each(['领券后可开启到期提醒', '8 折券，先到先得', '点击领取，到期前提醒您', 'Get 20% off, we remind you before it ends'])('are not seen in plain words: %s', (text) => {
    expect(inducingWords(text)).toBeUndefined();
  });
});
