import { describe, expect, it } from 'vitest';
import { judgeReports, type KnownGrant, type PromptReport, type Reporter } from './prompt.js';

const T0 = Date.parse('2026-11-24T10:00:00Z');
let n = 0;
const id = (): string => `credit-${(n += 1)}`;
const tell = (reportedBy: Reporter, second: number, key = `${reportedBy}@${second}`): PromptReport => ({
  identityId: 'p1', kind: 'one_time_subscription', scope: 't1', sourceKey: key, reportedBy, occurredAt: new Date(T0 + second * 1000),
});
const known = (report: PromptReport, matchedKey: string | null = null): KnownGrant => ({ ...report, creditId: `known-${report.sourceKey}`, matchedKey });

describe('two reports of one tap', () => {
  it.each([['client', 'callback'], ['callback', 'client']] as const)('%s first, then %s: one grant', (first, second) => {
    const verdict = judgeReports([tell(second, 2)], [known(tell(first, 1))], id);
    expect(verdict.grants).toEqual([]);
    expect(verdict.matches).toEqual([{ creditId: `known-${first}@1`, matchedKey: `${second}@2` }]);
  });

  it('counts two taps in a row twice, and their second reports not at all', () => {
    const first = judgeReports([tell('callback', 1), tell('callback', 9)], [], id);
    expect(first.grants).toHaveLength(2);
    const later = judgeReports([tell('client', 3), tell('client', 11)], first.grants, id);
    expect(later.grants).toEqual([]);
    expect(later.matches.map((m) => m.creditId)).toEqual(first.grants.map((g) => g.creditId));
  });

  it('both sides in one batch are one grant that is matched already', () => {
    const verdict = judgeReports([tell('client', 2), tell('callback', 1)], [], id);
    expect(verdict.grants).toHaveLength(1);
    expect(judgeReports([tell('client', 5)], [{ ...verdict.grants[0]!, matchedKey: 'client@2' }], id).grants).toHaveLength(1);
  });

  it('a copy of a report, or of a match, changes nothing', () => {
    expect(judgeReports([tell('callback', 1), tell('callback', 1)], [known(tell('callback', 1))], id)).toEqual({ grants: [], matches: [] });
    expect(judgeReports([tell('client', 2)], [known(tell('callback', 1), 'client@2')], id)).toEqual({ grants: [], matches: [] });
  });

  it('more than ten minutes apart are two taps', () => {
    expect(judgeReports([tell('client', 601)], [known(tell('callback', 0))], id).grants).toHaveLength(1);
    expect(judgeReports([tell('client', 600)], [known(tell('callback', 0))], id).grants).toHaveLength(0);
  });

  it('another template or person is another permit', () => {
    const other = { ...tell('client', 2), scope: 't2' };
    expect(judgeReports([other], [known(tell('callback', 1))], id).grants).toHaveLength(1);
  });

  it('stops believing a client that says accepted again and again', () => {
    const many = Array.from({ length: 12 }, (_, second) => tell('client', second));
    expect(judgeReports(many, [], id).grants).toHaveLength(5);
    expect(judgeReports(many.map((one, i) => ({ ...one, reportedBy: 'callback', sourceKey: `c${i}` })), [], id).grants).toHaveLength(12);
  });
});
