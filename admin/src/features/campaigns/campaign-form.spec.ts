import { describe, expect, it } from 'vitest';
import type { Samples } from '../../pickers/message-values.ts';
import { campaignInput, campaignProblems, fromCampaign, newRung, rungProblems, type CampaignForm, type Judge } from './campaign-form.ts';

const samples: Samples = { 'customer.name': '小林', 'coupon.name': '满 100 减 20', 'coupon.expires_at': '2026年12月1日', 'shop.name': '山野茶集' };
const template = { id: 't1', title: '优惠券到期提醒', fields: [{ key: 'thing1', label: '券名称', type: 'thing' }] };
const judge: Judge = { now: new Date('2026-11-24T00:00:00Z'), samples, template: (id) => (id === 't1' ? template : undefined) };
const form = (more: Partial<CampaignForm> = {}): CampaignForm => ({
  name: '唤醒沉睡客户', goal: 'wake_sleepers', people: { preset: 'sleepers30' },
  rungs: [
    { ...newRung('window', 'ch1'), text: '好久不见' },
    { ...newRung('subscription', 'ch1'), templateId: 't1', fields: { thing1: '{{coupon.name}}' } },
  ],
  offerId: '', holdoutPercent: 5, cap: { messages: 2, days: 7 }, quiet: { from: '22:00', until: '09:00' }, latestUsefulAt: '', attributionDays: 7,
  ...more,
});
const problems = (more: Partial<CampaignForm>): string[] => campaignProblems(form(more), judge).map((one) => `${one.step}.${one.problem}`);

describe('campaign form', () => {
  it('finds nothing wrong with the defaults', () => {
    expect(campaignProblems(form(), judge)).toEqual([]);
  });
  it('names the step that needs work', () => {
    expect(problems({ name: ' ' })).toEqual(['goal.name_missing']);
    expect(problems({ people: { segmentId: '' } })).toEqual(['people.no_people']);
    expect(problems({ rungs: [] })).toEqual(['message.no_rung']);
    expect(problems({ holdoutPercent: 51, attributionDays: 0 })).toEqual(['rules.holdout_range', 'rules.attribution_range']);
    expect(problems({ quiet: { from: '09:00', until: '09:00' } })).toEqual(['rules.quiet_same']);
    expect(problems({ latestUsefulAt: '2026-11-23T00:00:00Z' })).toEqual(['rules.useful_past']);
    expect(problems({ cap: { messages: 0, days: 7 } })).toEqual(['rules.cap_range']);
  });
  it('refuses a second rung that spends the same permit', () => {
    const twice = [...form().rungs, { ...newRung('window', 'ch1'), text: '再说一次' }];
    expect(campaignProblems(form({ rungs: twice }), judge)).toEqual([{ step: 'message', problem: 'repeated', rung: 2 }]);
  });
  it('lets a text for many name nobody', () => {
    const task = { ...newRung('contact_task', 'ch1'), text: '{{shop.name}}上新了' };
    expect(rungProblems(task, judge)).toEqual([]);
    expect(rungProblems({ ...task, text: '{{customer.name | default: "您"}}，上新了' }, judge)).toEqual([{ problem: 'personal_variable', variable: 'customer.name' }]);
    expect(rungProblems({ ...task, deadlineHours: 361 }, judge)).toEqual([{ problem: 'deadline_range' }]);
    const post = { ...newRung('post', 'ch1'), mediaId: 'MEDIA' };
    expect(rungProblems(post, judge)).toEqual([]);
    expect(rungProblems({ ...post, text: '上新' }, judge)).toEqual([{ problem: 'two_contents' }]);
    expect(campaignInput(form({ rungs: [task, post] }), 's').contents).toEqual([
      { kind: 'contact_task', channelId: 'ch1', text: '{{shop.name}}上新了', deadlineHours: 24 }, { kind: 'post', channelId: 'ch1', mediaId: 'MEDIA' },
    ]);
  });
  it('judges each rung by its kind', () => {
    const rung = newRung('window', 'ch1');
    expect(rungProblems(rung, judge)).toEqual([{ problem: 'text_missing' }]);
    expect(rungProblems({ ...rung, text: '{{coupon.nme}}' }, judge)).toEqual([{ problem: 'unknown_variable', variable: 'coupon.nme' }]);
    expect(rungProblems({ ...rung, text: '好'.repeat(601) }, judge)).toEqual([{ problem: 'text_long' }]);
    expect(rungProblems(newRung('subscription', 'ch1'), judge)).toEqual([{ problem: 'no_template' }]);
    expect(rungProblems({ ...newRung('subscription', 'ch1'), templateId: 't1', fields: { thing1: '长'.repeat(21) } }, judge)).toEqual([{ problem: 'field' }]);
    expect(rungProblems(newRung('window', ''), judge)).toEqual([{ problem: 'no_channel' }]);
  });
  it('sends a rule that is switched off as null, never as its default', () => {
    expect(campaignInput(form({ cap: null, quiet: null }), 's1')).toMatchObject({
      segmentId: 's1', capMessages: null, capDays: null, quietFrom: null, quietUntil: null, latestUsefulAt: null, offerId: null,
    });
  });
  it('sends to each rung only what its kind has', () => {
    expect(campaignInput(form(), 's1').contents).toEqual([
      { kind: 'window', channelId: 'ch1', text: '好久不见' },
      { kind: 'subscription', channelId: 'ch1', templateId: 't1', fields: { thing1: '{{coupon.name}}' } },
    ]);
  });
  it('reads a saved draft back as it was', () => {
    const input = campaignInput(form({ cap: null }), 's1');
    const again = fromCampaign({
      ...input, goal: 'wake_sleepers', segment: { id: 's1' }, holdoutPercent: 5, attributionDays: 7, quietFrom: '22:00:00',
      contents: form().rungs.map((rung) => ({ ...rung, template: rung.templateId ? { id: rung.templateId } : null })),
    });
    expect(campaignInput(again, 's1')).toEqual(input);
  });
});
