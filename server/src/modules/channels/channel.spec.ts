import { describe, expect, it } from 'vitest';
import { callbackCheck, statusAfter, whyNotChannelForm } from './channel.js';

describe('what may be entered for a channel', () => {
  it.each([
    [{ name: '  ' }, 'name', 'required'],
    [{ name: '店'.repeat(41) }, 'name', 'too_long'],
    [{ appId: 'wx 1' }, 'appId', 'bad_format'],
    [{ callbackToken: 'ab' }, 'callbackToken', 'bad_format'],
    [{ callbackToken: 'a-b-c' }, 'callbackToken', 'bad_format'],
    [{ aesKey: 'A'.repeat(42) }, 'aesKey', 'bad_format'],
    [{ sendRatePerSecond: 0 }, 'sendRatePerSecond', 'out_of_range'],
    [{ dailySendLimit: 1.5 }, 'dailySendLimit', 'out_of_range'],
  ])('%j is refused', (form, field, problem) => expect(whyNotChannelForm(form)).toMatchObject({ field, problem }));

  it('takes a complete form, and one with nothing in it', () => {
    const form = { name: '甜甜烘焙', appId: 'wxba5fad812f8e6fb9', appSecret: 'abcdef123456', callbackToken: 'Token1', aesKey: 'A'.repeat(43), originalId: 'gh_1', dailySendLimit: null };
    expect(whyNotChannelForm(form)).toBeUndefined();
    expect(whyNotChannelForm({})).toBeUndefined();
  });
});

describe('the status of a channel', () => {
  it('is live once the credentials work, whatever else is missing', () => {
    expect(statusAfter('connecting', { credentials: { state: 'ok' }, callback: { state: 'waiting' } })).toEqual({ status: 'live', reason: undefined });
    expect(statusAfter('failing', { credentials: { state: 'ok' }, templates: { state: 'failed', reason: 'no_templates' } })).toEqual({ status: 'live', reason: 'no_templates' });
  });
  it('is failing when they do not, and says why', () =>
    expect(statusAfter('live', { credentials: { state: 'failed', reason: 'app_secret_wrong' } })).toEqual({ status: 'failing', reason: 'app_secret_wrong' }));
  it('stays as a person decided', () => expect(statusAfter('paused', { credentials: { state: 'ok' } }).status).toBe('paused'));
});

describe('the callback check', () => {
  const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 24, 8, minute));
  it('waits, then is fine, then says what was refused since', () => {
    expect(callbackCheck(undefined, undefined)).toEqual({ state: 'waiting', reason: 'callback_never_seen' });
    expect(callbackCheck(at(1), undefined)).toMatchObject({ state: 'ok' });
    expect(callbackCheck(at(1), { at: at(2), reason: 'bad_signature' })).toMatchObject({ state: 'failed', reason: 'callback_bad_signature' });
    expect(callbackCheck(at(3), { at: at(2), reason: 'bad_signature' })).toMatchObject({ state: 'ok' });
  });
});
