import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decrypt, encrypt, isSignature, openAesKey, sign } from './wechat.crypto.js';
import { openUserData, signRawData, signSession } from './wechat.session.js';

interface Vector {
  id: string;
  kind: string;
  token?: string;
  encodingAESKey?: string;
  receiveId?: string;
  timestamp?: string;
  nonce?: string;
  random16?: string;
  plaintext?: string;
  encrypt?: string;
  session_key?: string;
  rawData?: string;
  signature?: string;
  iv?: string;
  encryptedData?: string;
  query?: Record<string, string>;
  negative?: { query?: Record<string, string> }[];
  expect?: { plaintext?: string; encrypt?: string; msgSignature?: string };
}

const file = new URL('fixtures/crypto-vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };
const ofKind = (...kinds: string[]): Vector[] => vectors.filter((vector) => kinds.includes(vector.kind));
const keyOf = (vector: Vector): Buffer => openAesKey(vector.encodingAESKey ?? '') ?? Buffer.alloc(0);

describe('callback crypto, known values', () => {
  it.each(ofKind('url_verify_get', 'plain_post_signature'))('$id: signature', (vector) => {
    const { token = '', query = {} } = vector;
    const expected = sign(token, query['timestamp'] ?? '', query['nonce'] ?? vector.nonce ?? '');
    expect(isSignature(expected, query['signature'])).toBe(true);
    for (const wrong of vector.negative ?? []) expect(isSignature(expected, wrong.query?.['signature'])).toBe(false);
  });

  it.each(ofKind('encrypted_post', 'encrypted_echostr'))('$id: opens', (vector) => {
    const { token = '', query = {}, encrypt: sealed = '' } = vector;
    expect(isSignature(sign(token, query['timestamp'] ?? '', query['nonce'] ?? '', sealed), query['msg_signature'])).toBe(true);
    expect(decrypt(keyOf(vector), sealed)).toEqual({ message: vector.expect?.plaintext, receiverId: vector.receiveId });
  });

  it.each(ofKind('encrypted_reply'))('$id: seals to the very same text, and opens again', (vector) => {
    const { plaintext = '', receiveId = '', random16 = '' } = vector;
    const sealed = encrypt(keyOf(vector), plaintext, receiveId, Buffer.from(random16));
    expect(sealed).toBe(vector.expect?.encrypt);
    expect(decrypt(keyOf(vector), sealed)?.message).toBe(plaintext);
  });

  it.each(ofKind('encrypted_reply').filter((vector) => vector.expect?.msgSignature !== undefined))('$id: signature of the reply', (vector) => {
    const { token = '', timestamp = '', nonce = '' } = vector;
    expect(sign(token, timestamp, nonce, vector.expect?.encrypt ?? '')).toBe(vector.expect?.msgSignature);
  });

  it('leaves no vector untested', () => {
    const tested = ofKind('url_verify_get', 'plain_post_signature', 'encrypted_post', 'encrypted_echostr', 'encrypted_reply',
      'wxa_rawdata_signature', 'wxa_encrypted_data', 'wxa_checksession_signature');
    expect(tested).toHaveLength(vectors.length);
    expect(vectors.length).toBeGreaterThan(12);
  });
});

describe('callback crypto, broken input', () => {
  const key = openAesKey('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG') ?? Buffer.alloc(0);

  it('opens every message length around the 32-byte block, in Chinese too', () => {
    for (let length = 0; length < 70; length += 1) {
      const message = '券'.repeat(length);
      expect(decrypt(key, encrypt(key, message, 'wx1'))).toEqual({ message, receiverId: 'wx1' });
    }
  });

  it('never throws on tampered ciphertext, and never opens it whole', () => {
    const sealed = Buffer.from(encrypt(key, '{"a":1}', 'wx1'), 'base64');
    // A change in the first block garbles only random bytes and the length after them; it must not throw either.
    for (let at = 0; at < sealed.length; at += 1) {
      const broken = Buffer.from(sealed);
      broken[at] = (broken[at] ?? 0) ^ 0x41;
      expect(decrypt(key, broken.toString('base64'))).not.toEqual({ message: '{"a":1}', receiverId: 'wx1' });
    }
    expect(decrypt(key, '')).toBeUndefined();
    expect(decrypt(key, 'AAAA')).toBeUndefined();
  });

  it.each(['', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}$`])('refuses the AES key %j', (bad) => expect(openAesKey(bad)).toBeUndefined());

  it.each([undefined, '', 'abc', 'z'.repeat(40), 'a'.repeat(41)])('takes %j for no signature', (given) =>
    expect(isSignature(sign('t', '1', '2'), given)).toBe(false));
});

describe('session-key crypto, known values', () => {
  it.each(ofKind('wxa_rawdata_signature'))('$id', ({ rawData = '', session_key: key = '', signature }) =>
    expect(signRawData(rawData, key)).toBe(signature));

  it.each(ofKind('wxa_checksession_signature'))('$id', ({ session_key: key = '', signature }) => expect(signSession(key)).toBe(signature));

  it.each(ofKind('wxa_encrypted_data'))('$id', ({ session_key: key = '', iv = '', encryptedData = '', expect: expected }) => {
    expect(openUserData(key, iv, encryptedData)).toBe(expected?.plaintext);
    expect(openUserData(key, iv, `aaaa${encryptedData.slice(4)}`)).not.toBe(expected?.plaintext);
    expect(openUserData(key, iv, encryptedData.slice(0, -8))).toBeUndefined();
  });
});
