import { readFileSync } from 'node:fs';
import * as foreign from '@wecom/crypto';
import { describe, expect, it } from 'vitest';
import { playback } from '../../adapter.contract.js';
import type { Verified } from '../../adapter.js';
import { decrypt, encrypt, openAesKey, sign } from '../wechat/wechat.crypto.js';
import { Wecom } from './wecom.adapter.js';

interface Vector {
  id: string;
  kind: 'url_verify' | 'post' | 'encrypt_only';
  token?: string;
  encodingAESKey: string;
  receiveId: string;
  query?: { msg_signature: string; timestamp: string; nonce: string };
  encrypt: string;
  postBody?: string;
  expectMsg?: string;
  random16Hex?: string;
  random16?: string;
  plaintext?: string;
}
interface Negative { id: string; base?: string; query?: Record<string, string>; encodingAESKeys?: string[] }
const { vectors, negative } = JSON.parse(readFileSync(new URL('fixtures/crypto-vectors.json', import.meta.url), 'utf8')) as { vectors: Vector[]; negative: Negative[] };
const keyOf = (vector: Vector): Buffer => openAesKey(vector.encodingAESKey) ?? Buffer.alloc(0);
const messageOf = (vector: Vector): string => vector.expectMsg ?? vector.plaintext ?? '';
const isCallback = (vector: Vector): boolean => vector.kind !== 'encrypt_only';

function verify(vector: Vector, change: { corp?: string; query?: Record<string, string> } = {}): Verified {
  const query = { ...vector.query, ...(vector.kind === 'url_verify' ? { echostr: vector.encrypt } : {}), ...change.query };
  const adapter = new Wecom({
    http: playback(''), apiBase: '', callbackMaxAgeSeconds: 300, clock: () => new Date(Number(vector.query?.timestamp) * 1000),
    channel: { id: 'c', appId: change.corp ?? vector.receiveId, originalId: '', callbackMode: 'secure', settings: {} },
    credentials: { appSecret: '', callbackToken: vector.token ?? '', encodingAesKey: vector.encodingAESKey },
  });
  return adapter.verify({ method: vector.kind === 'url_verify' ? 'GET' : 'POST', query, raw: Buffer.from(vector.postBody ?? '') });
}

describe('WeCom crypto, known values', () => {
  it.each(vectors)('$id: opens', (vector) => {
    expect(decrypt(keyOf(vector), vector.encrypt)).toEqual({ message: messageOf(vector), receiverId: vector.receiveId });
  });
  it.each(vectors)('$id: seals to the same bytes', (vector) => {
    const random = vector.random16 === undefined ? Buffer.from(vector.random16Hex ?? '', 'hex') : Buffer.from(vector.random16);
    expect(encrypt(keyOf(vector), messageOf(vector), vector.receiveId, random)).toBe(vector.encrypt);
  });
  it.each(vectors.filter(isCallback))('$id: passes the adapter', (vector) => {
    expect(verify(vector)).toMatchObject(vector.kind === 'url_verify' ? { outcome: 'handshake', answer: vector.expectMsg } : { outcome: 'event', payload: vector.expectMsg });
  });
  it.each(negative.filter((one) => one.query !== undefined))('$id: is refused', ({ base, query }) => {
    expect(verify(vectors.find((vector) => vector.id === base)!, { query: query! })).toEqual({ outcome: 'refused', reason: 'bad_signature' });
  });
  it('refuses what was sealed for another corp', () => {
    for (const vector of vectors.filter(isCallback)) expect(verify(vector, { corp: 'wwother' })).toEqual({ outcome: 'refused', reason: 'wrong_receiver' });
  });
  it.each(negative.flatMap((one) => one.encodingAESKeys ?? []))('takes %j for no key', (key) => expect(openAesKey(key)).toBeUndefined());
});

describe('WeCom crypto, against the foreign client', () => {
  const key = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C';
  const texts = ['', 'a', '你好，亲', '<xml/>'.repeat(500), ...Array.from({ length: 34 }, (_, length) => 'x'.repeat(length))];
  it('opens what it sealed', () => {
    for (const text of texts) expect(decrypt(openAesKey(key)!, foreign.encrypt(key, text, 'ww1'))).toEqual({ message: text, receiverId: 'ww1' });
  });
  it('seals what it opens', () => {
    for (const text of texts) expect(foreign.decrypt(key, encrypt(openAesKey(key)!, text, 'ww1'))).toMatchObject({ message: text, id: 'ww1' });
  });
  it('signs alike', () => {
    for (const [token, timestamp, nonce] of [['QDG6eK', '1409659589', '263014780'], ['zz', '1', 'AA'], ['Aa', '9', 'aA']] as const)
      expect(sign(token, timestamp, nonce, 'P9nA/+=')).toBe(foreign.getSignature(token, timestamp, nonce, 'P9nA/+='));
  });
});
