import { sampleValues } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import { campaignProblems } from './campaign-form.ts';
import { GOALS } from './goals.ts';
import { startForm, type StartFacts } from './wizard-start.ts';

const samples = sampleValues();
const order = { id: 't0', title: '取餐提醒', isActive: true, fields: [{ key: 'character_string1', label: '取餐码', type: 'character_string' }] };
const expiring = { id: 't1', title: '优惠券到期提醒', isActive: true, fields: [{ key: 'thing1', label: '券名称', type: 'thing' }, { key: 'time2', label: '到期时间', type: 'time' }, { key: 'thing3', label: '温馨提示', type: 'thing' }] };
const facts: StartFacts = {
  channelId: 'ch', templates: [order, expiring], offerId: 'o1', samples, now: new Date('2026-11-24T00:00:00Z'),
  hints: { sentence: '好久不见，回来坐坐吧', couponName: '满100减20', expires: '2026年12月1日 23:59', worth: '20元' },
};
const words = { name: '唤醒沉睡客户', chat: '好久不见' };
const judge = { now: facts.now, samples, template: (id: string) => [order, expiring].find((one) => one.id === id) };

describe('a new campaign', () => {
  it.each(GOALS.map((goal) => [goal.key, goal] as const))('is legal as it stands for %s', (_key, goal) => {
    expect(campaignProblems(startForm(goal, words, facts), judge)).toEqual([]);
  });
  it('is capped, quiet and measured without being asked', () => {
    expect(startForm(GOALS[0]!, words, facts)).toMatchObject({ cap: { messages: 2, days: 7 }, quiet: { from: '22:00', until: '09:00' }, holdoutPercent: 5, offerId: 'o1' });
  });
  it('chooses a template whose lines it can fill', () => {
    expect(startForm(GOALS[0]!, words, facts).rungs.map((rung) => rung.templateId)).toEqual(['', 't1']);
  });
  it('writes no message while no channel is connected', () => {
    expect(startForm(GOALS[0]!, words, { ...facts, channelId: '' }).rungs).toEqual([]);
  });
});
