import { describe, expect, it } from 'vitest';
import { replyWindow, windowToSpend, type WindowPermit } from './reply-window.js';

const now = new Date('2026-11-24T10:00:00Z');
const permit = (scope: string, remaining: number, seconds: number): WindowPermit => ({ scope, remaining, expiresAt: new Date(now.getTime() + seconds * 1000) });

describe('the reply window', () => {
  it('adds up what several open windows hold and ends with the last that holds anything', () => {
    expect(replyWindow([permit('message', 3, 3600), permit('enter', 2, 30)], now, true)).toEqual({ state: 'open', sendsLeft: 5, endsAt: new Date(now.getTime() + 3_600_000) });
    expect(replyWindow([permit('message', 0, 3600), permit('enter', 1, 30)], now, true)).toEqual({ state: 'open', sendsLeft: 1, endsAt: new Date(now.getTime() + 30_000) });
  });

  it('tells a window that is used up from one that is over, to the very instant', () => {
    expect(replyWindow([permit('message', 0, 10)], now, true)).toMatchObject({ state: 'used_up', sendsLeft: 0, endsAt: new Date(now.getTime() + 10_000) });
    expect(replyWindow([permit('message', 5, 0)], now, true)).toEqual({ state: 'closed', sendsLeft: 0, endsAt: null });
    expect(replyWindow([], now, true)).toMatchObject({ state: 'closed' });
  });

  it('is of no use once the person withdrew', () => {
    expect(replyWindow([permit('message', 5, 3600)], now, false)).toEqual({ state: 'unreachable', sendsLeft: 0, endsAt: null });
  });

  it('spends the window that lasts longest and has something left', () => {
    expect(windowToSpend([permit('enter', 2, 50), permit('message', 1, 3600)], now)?.scope).toBe('message');
    expect(windowToSpend([permit('enter', 2, 50), permit('message', 0, 3600)], now)?.scope).toBe('enter');
    expect(windowToSpend([permit('enter', 2, -1), permit('message', 0, 3600)], now)).toBeUndefined();
  });
});
