import { describe, expect, it } from 'vitest';
import { isPlatformProblem } from '@huiliu/shared';
import { failureOf, fieldOf, knownCodes, sendOutcomeOf, untilPlatformMidnight } from './wechat.errors.js';

const now = new Date('2026-11-24T15:30:00Z'); // 23:30 in China
const outcome = (code: number, errmsg = ''): unknown => sendOutcomeOf(code, errmsg, now);

describe('WeChat error codes', () => {
  it.each([
    [43101, { outcome: 'refused', reason: 'no_permit' }],
    [45015, { outcome: 'refused', reason: 'window_closed' }],
    [45047, { outcome: 'refused', reason: 'window_used_up' }],
    [40003, { outcome: 'refused', reason: 'unknown_person' }],
    [40037, { outcome: 'refused', reason: 'template' }],
    [43107, { outcome: 'refused', reason: 'account' }],
    [40001, { outcome: 'token_expired' }],
    [42001, { outcome: 'token_expired' }],
    [40014, { outcome: 'token_expired' }],
    [43108, { outcome: 'throttled', scope: 'person' }],
    [-1, { outcome: 'throttled', scope: 'moment' }],
    [45009, { outcome: 'throttled', scope: 'day', retryAfterMs: 30 * 60_000 }],
    [45065, { outcome: 'accepted' }],
    [99999, { outcome: 'upstream', mayHaveBeenSent: false, problem: 'unknown' }],
  ])('%i', (code, expected) => expect(outcome(code)).toMatchObject(expected));

  it('names the field that breaks its rule', () => {
    expect(outcome(47003, 'argument invalid! data.thing1.value invalid rid: 1-2')).toMatchObject({ reason: 'content', field: 'thing1' });
    expect(fieldOf('argument invalid')).toBeUndefined();
  });

  it('has a sentence for every code, and one kind of ours', () => {
    const kinds = new Set(['invalid', 'forbidden', 'throttled', 'upstream', 'bug', 'token_expired']);
    const odd = knownCodes().filter((code) => !isPlatformProblem(failureOf(code, '').problem) || !kinds.has(failureOf(code, '').kind));
    expect(odd).toEqual([]);
    expect(knownCodes().length).toBeGreaterThan(80);
  });

  it('tells a wrong AppSecret from a wrong AppID', () => {
    expect(failureOf(40125, 'invalid appsecret')).toMatchObject({ kind: 'forbidden', problem: 'app_secret_wrong' });
    expect(failureOf(40013, 'invalid appid')).toMatchObject({ kind: 'forbidden', problem: 'app_id_wrong' });
  });

  it('ends the platform day at midnight in China', () => {
    expect(untilPlatformMidnight(new Date('2026-11-24T16:00:00Z'))).toBe(86_400_000);
  });
});
