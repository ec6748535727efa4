import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSealedByOldKey, open, openCredentials, randomWord, seal, sealCredentials } from './channel.secrets.js';
import type { Place } from './channel.secrets.js';

const oldKey = randomBytes(32);
const newKey = randomBytes(32);
const place: Place = { tenantId: 't1', channelId: 'c1', purpose: 'credentials' };

describe('secrets at rest', () => {
  it('open where they were sealed, and the plain text is not in the envelope', () => {
    const envelope = seal([newKey], place, '密钥 AppSecret-123');
    expect(open([newKey], place, envelope)).toBe('密钥 AppSecret-123');
    expect(envelope.includes('AppSecret-123')).toBe(false);
    expect(seal([newKey], place, 'x').equals(seal([newKey], place, 'x'))).toBe(false);
  });

  it.each<[string, Place]>([
    ['another tenant', { ...place, tenantId: 't2' }],
    ['another channel', { ...place, channelId: 'c2' }],
    ['another column', { ...place, purpose: 'token' }],
  ])('do not open for %s', (_name, other) => expect(open([newKey], other, seal([newKey], place, 'x'))).toBeUndefined());

  it('do not open once a single byte was changed', () => {
    const envelope = seal([newKey], place, 'secret');
    for (let at = 0; at < envelope.length; at += 1) {
      const changed = Buffer.from(envelope);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(open([newKey], place, changed)).toBeUndefined();
    }
    expect(open([newKey], place, envelope.subarray(0, 20))).toBeUndefined();
  });

  it('survive a change of key: old envelopes open and are known as old, new ones are sealed by the new key', () => {
    const old = seal([oldKey], place, 'secret');
    const keys = [newKey, oldKey];
    expect(open(keys, place, old)).toBe('secret');
    expect(isSealedByOldKey(keys, old)).toBe(true);
    const fresh = seal(keys, place, 'secret');
    expect(isSealedByOldKey(keys, fresh)).toBe(false);
    expect(open([newKey], place, fresh)).toBe('secret');
    expect(open([newKey], place, old)).toBeUndefined();
  });

  it('carry all credentials of a channel', () => {
    const credentials = { appSecret: 's', callbackToken: 't', encodingAesKey: 'k' };
    expect(openCredentials([newKey], place, sealCredentials([newKey], place, credentials))).toEqual(credentials);
    expect(openCredentials([newKey], place, null)).toBeUndefined();
  });

  it('make words of letters and digits that do not repeat', () => {
    const words = Array.from({ length: 50 }, () => randomWord(43));
    for (const word of words) expect(word).toMatch(/^[A-Za-z0-9]{43}$/u);
    expect(new Set(words).size).toBe(50);
  });
});
