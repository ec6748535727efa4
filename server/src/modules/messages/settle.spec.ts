import { describe, expect, it } from 'vitest';
import type { SendResult } from '../channels/index.js';
import { settlementOf, streakOf, type Attempt } from './settle.js';

const now = new Date('2026-11-24T10:00:00Z');
const attempt = (more: Partial<Attempt> = {}): Attempt => ({ attempts: 1, now, latestUsefulAt: undefined, ...more });
const words = { problem: 'p', code: 1, detail: 'd' };
const settle = (result: SendResult, more: Partial<Attempt> = {}) => settlementOf(result, attempt(more));
const inSeconds = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

describe('the answer to a send', () => {
  it('accepted: spent', () => expect(settle({ outcome: 'accepted', platformId: '9' })).toEqual({ state: 'sent', reason: null, effect: 'spend', platformId: '9' }));

  it('refused by the person: corrected, and another rung may do', () => {
    expect(settle({ outcome: 'refused', reason: 'no_permit', ...words })).toMatchObject({ state: 'refused', effect: 'refuse', correction: 'drift', canReroute: true });
    expect(settle({ outcome: 'refused', reason: 'person_blocked', ...words })).toMatchObject({ effect: 'refuse', correction: 'blocked', canReroute: true });
  });

  it('our content: the permit goes back, the field is named', () => {
    expect(settle({ outcome: 'refused', reason: 'content', field: 'thing1', ...words }))
      .toMatchObject({ state: 'failed', reason: 'content_rejected', effect: 'release', fault: { scope: 'content', field: 'thing1' } });
  });

  it('the account: the message waits, whole', () => {
    expect(settle({ outcome: 'refused', reason: 'account', ...words })).toMatchObject({ state: 'planned', effect: 'keep', fault: { scope: 'account' } });
  });

  it('no answer: unknown, never tried again', () => {
    expect(settle({ outcome: 'upstream', mayHaveBeenSent: true, ...words })).toMatchObject({ state: 'unknown', effect: 'spend' });
  });

  it('not reached: tried again later and later, then given up', () => {
    const down: SendResult = { outcome: 'upstream', mayHaveBeenSent: false, ...words };
    expect(settle(down)).toMatchObject({ state: 'planned', effect: 'keep', dueAt: inSeconds(5) });
    expect(settle(down, { attempts: 4 })).toMatchObject({ dueAt: inSeconds(40) });
    expect(settle(down, { attempts: 5 })).toMatchObject({ state: 'failed', effect: 'release', reason: 'platform_down' });
    expect(settle(down, { attempts: 4, latestUsefulAt: inSeconds(39) })).toMatchObject({ state: 'skipped', effect: 'release', reason: 'too_late' });
  });

  it('out of quota: waits for the next day as often as it takes, unless that is too late', () => {
    const quota: SendResult = { outcome: 'throttled', scope: 'day', retryAfterMs: 3_600_000, ...words };
    expect(settle(quota, { attempts: 9 })).toMatchObject({ state: 'planned', dueAt: inSeconds(3600), isFreeTry: true });
    expect(settle(quota, { latestUsefulAt: inSeconds(60) })).toMatchObject({ state: 'skipped', reason: 'quota_too_late', effect: 'release' });
  });
});

describe('refusals of our content in a row', () => {
  const good = settle({ outcome: 'accepted' });
  const bad = settle({ outcome: 'refused', reason: 'content', ...words });
  const busy = settle({ outcome: 'throttled', scope: 'moment', retryAfterMs: 1, ...words });
  it('are those after the last message that went through', () => {
    expect(streakOf([bad, good, bad, busy, bad])).toEqual({ isBroken: true, trailing: 2 });
    expect(streakOf([bad, bad])).toEqual({ isBroken: false, trailing: 2 });
    expect(streakOf([good])).toEqual({ isBroken: true, trailing: 0 });
  });
});
