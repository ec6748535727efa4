import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decryptMessage, encryptMessage, sameSignature, signatureOf } from '../src/callback-crypto.ts';
import { decryptUserData, encryptUserData, rawDataSignature, sessionSignature } from '../src/session-crypto.ts';

interface Vector {
  id: string;
  kind: string;
  [key: string]: unknown;
}

interface Expectation {
  plaintext: string;
  encrypt: string;
  msgSignature?: string;
  random16: string;
}

const file = new URL('./vectors/wechat-crypto.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`vector lacks a text: ${String(value)}`);
  return value;
}

const checks: Record<string, (vector: Vector) => void> = {
  url_verify_get: checkSignature,
  plain_post_signature: checkSignature,
  encrypted_post: checkEncrypted,
  encrypted_echostr: checkEncrypted,
  encrypted_reply: checkReply,
  wxa_rawdata_signature: (vector) =>
    expect(rawDataSignature(text(vector['rawData']), text(vector['session_key']))).toBe(vector['signature']),
  wxa_checksession_signature: (vector) => expect(sessionSignature(text(vector['session_key']))).toBe(vector['signature']),
  wxa_encrypted_data: checkUserData,
  wx_api_symmetric_encryption: checkGcm,
};

function checkSignature(vector: Vector): void {
  const query = vector['query'] as Record<string, string>;
  const mine = signatureOf(text(vector['token']), text(query['timestamp']), text(query['nonce']));
  expect(sameSignature(mine, text(query['signature']))).toBe(true);
  expect(sameSignature(mine, `${text(query['signature']).slice(0, -1)}x`)).toBe(false);
}

function checkEncrypted(vector: Vector): void {
  const query = vector['query'] as Record<string, string>;
  const encrypt = text(vector['encrypt']);
  const expected = vector['expect'] as Expectation;
  expect(signatureOf(text(vector['token']), text(query['timestamp']), text(query['nonce']), encrypt)).toBe(query['msg_signature']);
  const opened = decryptMessage(text(vector['encodingAESKey']), encrypt);
  expect(opened.text).toBe(expected.plaintext);
  expect(opened.id).toBe(vector['receiveId']);
  expect(encryptMessage(text(vector['encodingAESKey']), opened.text, opened.id, opened.random16)).toBe(encrypt);
}

function checkReply(vector: Vector): void {
  const expected = vector['expect'] as Expectation;
  const encrypt = encryptMessage(text(vector['encodingAESKey']), text(vector['plaintext']), text(vector['receiveId']), text(vector['random16']));
  expect(encrypt).toBe(expected.encrypt);
  expect(decryptMessage(text(vector['encodingAESKey']), encrypt).text).toBe(vector['plaintext']);
  if (expected.msgSignature === undefined) return;
  expect(signatureOf(text(vector['token']), text(vector['timestamp']), text(vector['nonce']), encrypt)).toBe(expected.msgSignature);
}

function checkUserData(vector: Vector): void {
  const key = text(vector['session_key']);
  const expected = vector['expect'] as Expectation;
  expect(decryptUserData(text(vector['encryptedData']), text(vector['iv']), key)).toBe(expected.plaintext);
  const again = encryptUserData(expected.plaintext, key, Buffer.from(text(vector['iv']), 'base64'));
  expect(again.encryptedData).toBe(vector['encryptedData']);
  for (const { encryptedDataPrefix } of vector['negative'] as { encryptedDataPrefix: string }[]) {
    const broken = `${encryptedDataPrefix}${text(vector['encryptedData'])}`;
    expect(() => decryptUserData(broken, text(vector['iv']), key)).toThrow();
  }
}

/** The optional encryption of API calls is not played, but its vector shows that nothing in it is special. */
function checkGcm(vector: Vector): void {
  const bytes = (name: string): Buffer => Buffer.from(text(vector[name]), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', bytes('keyBase64'), bytes('ivBase64'));
  decipher.setAAD(Buffer.from(text(vector['aad']))).setAuthTag(bytes('authtagBase64'));
  const plain = Buffer.concat([decipher.update(bytes('dataBase64')), decipher.final()]).toString('utf8');
  expect(plain).toBe((vector['expect'] as Expectation).plaintext);
}

describe('crypto vectors', () => {
  test.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const check = checks[vector.kind];
    expect(check, `no check for kind ${vector.kind}`).toBeDefined();
    check?.(vector);
  });

  test('a changed byte, a wrong key and a short key are refused', () => {
    const key = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
    const encrypted = encryptMessage(key, '{"a":1}', 'wx1');
    expect(() => decryptMessage('b'.repeat(43), encrypted)).toThrow();
    expect(() => decryptMessage(key.slice(1), encrypted)).toThrow(/43/);
    expect(() => decryptMessage(key, encrypted.slice(0, 40))).toThrow();
  });

  test('every message length gives whole blocks of 32 bytes and comes back', () => {
    const key = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
    for (let length = 0; length <= 64; length += 1) {
      const message = '流'.repeat(length);
      const encrypted = encryptMessage(key, message, 'wx1');
      expect(Buffer.from(encrypted, 'base64').length % 32).toBe(0);
      expect(decryptMessage(key, encrypted)).toMatchObject({ text: message, id: 'wx1' });
    }
  });
});
