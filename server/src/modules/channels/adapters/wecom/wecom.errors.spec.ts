import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isPlatformProblem } from '@huiliu/shared';
import { knownWecomCodes, wecomFailure, wecomSendOutcome } from './wecom.errors.js';

describe('WeCom error codes', () => {
  it.each([
    [40014, { outcome: 'token_expired' }],
    [42001, { outcome: 'token_expired' }],
    [45009, { outcome: 'throttled', scope: 'moment', retryAfterMs: 60_000 }],
    [-1, { outcome: 'throttled' }],
    [60020, { outcome: 'refused', reason: 'account', problem: 'wecom_ip_not_trusted' }],
    [84061, { outcome: 'refused', reason: 'unknown_person' }],
    [95001, { outcome: 'refused', reason: 'window_used_up' }],
    [95002, { outcome: 'refused', reason: 'window_closed' }],
    [41051, { outcome: 'accepted' }],
    [99999, { outcome: 'upstream', mayHaveBeenSent: false, problem: 'unknown' }],
  ])('%i', (code, expected) => expect(wecomSendOutcome(code, '')).toMatchObject(expected));

  it('have a sentence each', () => {
    expect(knownWecomCodes().filter((code) => !isPlatformProblem(wecomFailure(code, '').problem))).toEqual([]);
    expect(knownWecomCodes().length).toBeGreaterThan(180);
  });

  it('stand in the table once, since the later row would win in silence', async () => {
    const source = await readFile(new URL('./wecom.errors.ts', import.meta.url), 'utf8');
    const table = source.slice(source.indexOf('const TABLE'), source.indexOf('const UNKNOWN'));
    const codes = [...table.matchAll(/(?<![\w_])-?\d{4,9}(?![\w_])/gu)].map(([code]) => code);
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
  });
});
