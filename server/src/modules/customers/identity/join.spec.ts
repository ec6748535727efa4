import { describe, expect, it } from 'vitest';
import { judgeJoin, type JoinCandidate } from './join.js';

const person = (customerId: string, day: number, ...ids: [channelId: string, externalId: string, unionId?: string][]): JoinCandidate => ({
  customerId,
  createdAt: new Date(Date.UTC(2026, 0, day)),
  identities: ids.map(([channelId, externalId, unionId]) => ({ channelId, kind: 'openid', externalId, unionId: unionId ?? null })),
});

describe('joining people', () => {
  it('keeps the one known longest', () => {
    const people = [person('new', 3, ['mini', 'a', 'U']), person('old', 1, ['service', 'b', 'U']), person('middle', 2, ['other', 'c', 'U'])];
    expect(judgeJoin('union', people)).toEqual({ verdict: 'auto', into: 'old', from: ['middle', 'new'] });
  });

  it('is settled by the id when both came at the same moment, in whatever order they are named', () => {
    const [a, b] = [person('a', 1, ['mini', 'x', 'U']), person('b', 1, ['service', 'y', 'U'])];
    expect(judgeJoin('union', [b, a])).toEqual(judgeJoin('union', [a, b]));
  });

  it('leaves two ids of one account to a person, for they are two people to the platform', () => {
    const people = [person('a', 1, ['mini', 'x', 'U']), person('b', 2, ['mini', 'y', 'U'])];
    expect(judgeJoin('union', people)).toEqual({ verdict: 'review', why: 'same_account_twice' });
    expect(judgeJoin('phone', people)).toEqual({ verdict: 'review', why: 'same_account_twice' });
  });

  it('does not join by a phone those whom the platform tells apart', () => {
    expect(judgeJoin('phone', [person('a', 1, ['mini', 'x', 'U1']), person('b', 2, ['service', 'y', 'U2'])])).toEqual({ verdict: 'review', why: 'other_union' });
    expect(judgeJoin('phone', [person('a', 1, ['mini', 'x', 'U1']), person('b', 2, ['service', 'y'])])).toMatchObject({ verdict: 'auto', into: 'a' });
  });

  it('does not count browsers as accounts', () => {
    const browser = { channelId: 'web', kind: 'visitor', externalId: 'v', unionId: null };
    const people = ['a', 'b'].map((id, n) => ({ ...person(id, n + 1), identities: [{ ...browser, externalId: `v${n}` }] }));
    expect(judgeJoin('phone', people)).toMatchObject({ verdict: 'auto' });
  });
});
