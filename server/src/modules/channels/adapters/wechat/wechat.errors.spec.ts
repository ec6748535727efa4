import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isPlatformProblem } from '@huiliu/shared';
import { failureOf, fieldOf, isKnownCode, knownCodes, sendOutcomeOf, untilPlatformMidnight } from './wechat.errors.js';

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

/** Codes that WeChat's documents name for the calls we make, beside those of a send. */
const NAMED = [
  42002, 42003, 42007, 43104, 44993, 45028, 45029, 45056, 45057, 45058, 45059, 45072, 45080, 45081, 45157, 45158, 45159, 45169, 45171, 48003, 48006, 53503, 53600,
  61005, 61006, 76001, 76004, 76021, 76022, 85079, 85400, 85406, 40130, 40159, 40169, 40129, 40031, 40032, 40226, 61450, 61504, 268487002, 89507, 48008, 50007,
];

describe('the table', () => {
  it('knows every code that the documents name', () => expect(NAMED.filter((code) => !isKnownCode(code))).toEqual([]));

  it('lists no code twice, since the later row would win in silence', async () => {
    const source = await readFile(new URL('./wechat.errors.ts', import.meta.url), 'utf8');
    const rows = source.slice(source.indexOf('const TABLE'), source.indexOf('const UNKNOWN')).matchAll(/(?<![\w_])-?\d{4,9}(?![\w_])/gu);
    const paces = new Set(['5000', '60000', '1500', '2000']);
    const codes = [...rows].map(([code]) => code).filter((code) => !paces.has(code));
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
  });
});
