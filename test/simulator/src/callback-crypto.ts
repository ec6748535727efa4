import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { randomText } from './ids.ts';

const BLOCK = 32;

/** Hex SHA-1 over the sorted, joined parts: the `signature` and `msg_signature` of a callback. */
export function signatureOf(...parts: string[]): string {
  const sorted = parts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash('sha1').update(sorted.join('')).digest('hex');
}

/** Compares two signatures in constant time. */
export function sameSignature(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Encrypts a callback body: AES-256-CBC over random(16) | length(uint32, big-endian) | text | id,
 * padded to 32 bytes. Answers base64. `random16` is fixed only by tests.
 */
export function encryptMessage(aesKey: string, text: string, id: string, random16 = randomText(16)): string {
  const key = keyBytes(aesKey);
  const body = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([Buffer.from(random16, 'latin1'), length, body, Buffer.from(id, 'utf8')]);
  const pad = BLOCK - (plain.length % BLOCK);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString('base64');
}

/** The reverse of `encryptMessage`. Throws when the padding or the length is not possible. */
export function decryptMessage(aesKey: string, encrypted: string): { text: string; id: string; random16: string } {
  const key = keyBytes(aesKey);
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(Buffer.from(encrypted, 'base64')), decipher.final()]);
  const pad = padded.at(-1) ?? 0;
  if (pad < 1 || pad > BLOCK || pad > padded.length - 20) throw new Error('callback body has impossible padding');
  const plain = padded.subarray(0, padded.length - pad);
  const length = plain.readUInt32BE(16);
  if (20 + length > plain.length) throw new Error('callback body has an impossible length');
  return {
    random16: plain.toString('latin1', 0, 16),
    text: plain.toString('utf8', 20, 20 + length),
    id: plain.toString('utf8', 20 + length),
  };
}

function keyBytes(aesKey: string): Buffer {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  if (aesKey.length !== 43 || key.length !== 32) throw new Error('EncodingAESKey must be 43 letters or digits');
  return key;
}
