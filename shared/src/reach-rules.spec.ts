import { describe, expect, it } from 'vitest';
import { canCarry, contactAllowance, contactRuleOf, PERMIT_RULES, postAllowance, windowRule } from './reach-rules.ts';

describe('windows by platform', () => {
  it.each([
    ['wechat_mini_program', 'message', 5, 172_800], ['wechat_mini_program', 'enter', 2, 60],
    ['wechat_official_account', 'message', 5, 172_800], ['wechat_official_account', 'follow', 3, 60],
    ['wechat_official_account', 'scan', 3, 60], ['wechat_official_account', 'menu', 3, 60], ['wechat_kf', 'kf_message', 5, 172_800],
  ] as const)('%s %s', (platform, action, sends, lastsSeconds) => {
    expect(windowRule(platform, action)).toMatchObject({ sends, lastsSeconds });
  });
  it('grants nothing for what a platform does not know', () => {
    expect([windowRule('wecom', 'message'), windowRule('wechat_kf', 'enter'), windowRule('wechat_mini_program', 'follow')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('allowances of the calendar', () => {
  it('ends a month at midnight in China', () => {
    expect(postAllowance(new Date('2026-11-30T15:59:59Z'))).toEqual({ kind: 'mass_post', scope: '2026-11', sends: 4, endsAt: new Date('2026-11-30T16:00:00Z') });
    expect(postAllowance(new Date('2026-11-30T16:00:00Z'))).toMatchObject({ scope: '2026-12', endsAt: new Date('2026-12-31T16:00:00Z') });
  });
  it.each([
    ['daily_1', { scope: '2028-02-29', sends: 1, endsAt: new Date('2028-02-29T16:00:00Z') }],
    ['weekly_7', { scope: 'week-2028-02-28', sends: 7, endsAt: new Date('2028-03-05T16:00:00Z') }],
    ['monthly_days', { scope: '2028-02', sends: 29, endsAt: new Date('2028-02-29T16:00:00Z') }],
  ] as const)('counts contact messages by %s', (rule, allowance) => {
    expect(contactAllowance(new Date('2028-02-29T04:00:00Z'), rule)).toEqual({ kind: 'contact_message', ...allowance });
  });
  it('is strict with a corp whose rule nobody told', () => {
    expect([contactRuleOf({}), contactRuleOf({ contactRule: 'hourly' }), contactRuleOf({ contactRule: 'monthly_days' })]).toEqual(['daily_1', 'daily_1', 'monthly_days']);
  });
});

it('names a source and a day for every number', () => {
  for (const rule of PERMIT_RULES) expect(rule).toMatchObject({ source: expect.stringMatching(/\S{3}/u) as string, since: expect.stringMatching(/^\d{4}-\d\d-\d\d$/u) as string });
});

it('knows which account carries what', () => {
  expect([canCarry('wechat_mini_program', 'post'), canCarry('wechat_official_account', 'post'), canCarry('wechat_official_account', 'post', { accountType: 'subscription' }),
    canCarry('wecom', 'contact_task'), canCarry('wecom', 'window'), canCarry('wechat_kf', 'window'), canCarry('h5', 'window')]).toEqual([false, true, false, true, false, true, false]);
});
