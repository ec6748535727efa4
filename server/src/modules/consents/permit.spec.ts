import { describe, expect, it } from 'vitest';
import { openWindow, worthOfAccept, zeroing, type PermitState } from './permit.js';

const at = (text: string): Date => new Date(`2026-11-24T${text}Z`);
const permit = (state: Partial<PermitState> = {}): PermitState => ({
  identityId: 'p', kind: 'service_window', scope: 'message', remaining: 0, openedAt: null, expiresAt: null, refusedAt: null, ...state,
});

describe('windows', () => {
  it('reset to five for 48 hours, whatever was left', () => {
    const opened = openWindow(permit({ remaining: 2, openedAt: at('08:00:00') }), { platform: 'wechat_mini_program', action: 'message', at: at('10:00:00') }, 0, at('10:00:01'));
    expect(opened).toEqual({ remaining: 5, change: 3, expiresAt: new Date('2026-11-26T10:00:00Z'), granted: 5 });
  });
  it('keep what is planned already: it will be sent in the new window', () => {
    expect(openWindow(permit({ remaining: 3 }), { platform: 'wechat_mini_program', action: 'message', at: at('10:00:00') }, 2, at('10:00:01'))).toMatchObject({ remaining: 3, change: 0 });
  });
  it('ignore an action that is older than the open window, and one whose window is over', () => {
    expect(openWindow(permit({ openedAt: at('10:00:00') }), { platform: 'wechat_mini_program', action: 'message', at: at('09:59:00') }, 0, at('10:00:01'))).toBeUndefined();
    expect(openWindow(permit(), { platform: 'wechat_mini_program', action: 'enter', at: at('10:00:00') }, 0, at('10:01:00'))).toBeUndefined();
    expect(openWindow(permit(), { platform: 'wechat_mini_program', action: 'enter', at: at('10:00:00') }, 0, at('10:00:59'))).toMatchObject({ remaining: 2 });
  });
});

describe('refusals', () => {
  it('make an accept from before them worth nothing', () => {
    expect(worthOfAccept(at('10:00:04'), at('10:00:05.300'))).toBe(0);
    expect(worthOfAccept(at('10:00:05'), at('10:00:05.300'))).toBe(1);
    expect(worthOfAccept(at('10:00:05'), null)).toBe(1);
  });
  it('set the rest to zero and take the refused messages out of the sum', () => {
    expect(zeroing(3, 0, 0)).toEqual({ remaining: 0, change: -3 });
    expect(zeroing(0, 0, 1)).toEqual({ remaining: 0, change: -1 });
    expect(zeroing(3, 2, 1)).toEqual({ remaining: 2, change: -2 });
  });
});
