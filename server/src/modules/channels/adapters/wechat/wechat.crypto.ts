// Signatures and message encryption of WeChat callbacks: sha1 over sorted parts; AES-256-CBC padded to
// 32 bytes over  random(16) | length(4, big-endian) | message | receiver id.
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const BLOCK = 32;
const HEAD = 16 + 4;

/** hex sha1 of the parts, sorted byte-wise and joined without separator. */
export function sign(...parts: string[]): string {
  const sorted = parts.map((part) => Buffer.from(part)).sort((a, b) => Buffer.compare(a, b));
  return createHash('sha1').update(Buffer.concat(sorted)).digest('hex');
}

/** Compares in constant time; anything that is not 40 hex digits is false. */
export function isSignature(expected: string, given: string | undefined): boolean {
  if (given === undefined || !/^[0-9a-f]{40}$/iu.test(given)) return false;
  return timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(given, 'hex'));
}

/** The 32 key bytes of a 43-character EncodingAESKey, or undefined when it is not one. */
export function openAesKey(encodingAesKey: string): Buffer | undefined {
  if (!/^[A-Za-z0-9]{43}$/u.test(encodingAesKey)) return undefined;
  return Buffer.from(`${encodingAesKey}=`, 'base64');
}

/** Decrypts one `Encrypt` value; undefined when the ciphertext, its padding or its length field is broken. */
export function decrypt(key: Buffer, encrypted: string): { message: string; receiverId: string } | undefined {
  const cipherBytes = Buffer.from(encrypted, 'base64');
  if (cipherBytes.length === 0 || cipherBytes.length % 16 !== 0) return undefined;
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(cipherBytes), decipher.final()]);
  const pad = padded[padded.length - 1] ?? 0;
  if (pad < 1 || pad > BLOCK || pad > padded.length - HEAD) return undefined;
  const plain = padded.subarray(0, padded.length - pad);
  if (!padded.subarray(plain.length).every((byte) => byte === pad)) return undefined;
  const end = HEAD + plain.readUInt32BE(16);
  if (end > plain.length) return undefined;
  return { message: plain.toString('utf8', HEAD, end), receiverId: plain.toString('utf8', end) };
}

/** Encrypts a reply. `random16` is only given by tests; it must be 16 bytes. */
export function encrypt(key: Buffer, message: string, receiverId: string, random16: Buffer = randomBytes(16)): string {
  const body = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([random16, length, body, Buffer.from(receiverId)]);
  const pad = BLOCK - (plain.length % BLOCK);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])), cipher.final()]).toString('base64');
}
