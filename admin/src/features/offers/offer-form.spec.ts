import { sampleValues } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import { emptyOffer, fromOffer, newNotice, offerInput, offerProblems, startNotices, withTemplate, type OfferForm, type Template } from './offer-form.ts';

const expiring: Template = {
  id: 't1', channelId: 'ch', title: '优惠券到期提醒', isActive: true,
  fields: [{ key: 'thing1', label: '券名称', type: 'thing' }, { key: 'date2', label: '到期时间', type: 'date' }],
};
const order: Template = { id: 't2', channelId: 'ch', title: '订单通知', isActive: true, fields: [{ key: 'character_string1', label: '订单号', type: 'character_string' }] };
const hints = { sentence: '别忘了来用', couponName: '满100减20', expires: '2026年12月31日', worth: '20元' };
const samples = sampleValues();
const judge = { samples, maxNotices: 3, template: (id: string) => [expiring, order].find((one) => one.id === id) };
const form = (more: Partial<OfferForm> = {}): OfferForm => ({
  ...emptyOffer(), name: '新客礼', headline: '领 20 元券', channelId: 'ch', couponTemplateId: 'c1', notices: startNotices([order, expiring], hints, samples), ...more,
});

describe('offer form', () => {
  it('starts with the reminder that serves the coupon, on a template it can fill', () => {
    expect(form().notices).toMatchObject([{ purpose: 'coupon_expiring', templateId: 't1' }]);
    expect(offerProblems(form(), judge)).toEqual([]);
  });
  it('gives the reward by service, never on condition, unless somebody chooses so', () => {
    expect(emptyOffer().mode).toBe('service');
  });
  it('names the step and the reminder that needs work', () => {
    expect(offerProblems(emptyOffer(), judge).map((one) => one.problem)).toEqual(['no_coupon', 'no_channel', 'name_missing', 'headline_missing']);
    const notices = [...form().notices, newNotice('result')];
    expect(offerProblems(form({ notices }), judge)).toEqual([{ step: 'notices', problem: 'no_template', notice: 1 }]);
    const blank = [withTemplate(newNotice('result'), order, hints)];
    expect(offerProblems(form({ notices: blank }), judge)).toEqual([{ step: 'notices', problem: 'field', notice: 0 }]);
  });
  it('refuses the same template twice and more than a prompt can ask', () => {
    const one = form().notices;
    expect(offerProblems(form({ notices: [...one, ...form().notices] }), judge)).toEqual([{ step: 'notices', problem: 'same_template', notice: 1 }]);
    expect(offerProblems(form({ notices: one }), { ...judge, maxNotices: 0 })).toEqual([{ step: 'notices', problem: 'too_many' }]);
  });
  it('reads a saved offer back as it was', () => {
    const input = offerInput(form());
    const saved = { ...form(), channel: { id: 'ch' }, couponTemplate: { id: 'c1' }, notices: input.notices!.map((one) => ({ ...one, template: { id: String(one.templateId) } })) };
    expect(offerInput(fromOffer(saved))).toEqual(input);
  });
});
