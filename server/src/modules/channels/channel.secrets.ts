// Secrets at rest: AES-256-GCM under the environment's key, bound to the row they belong to. An envelope names its key,
// so that keys can be rotated: the first key seals, every key opens.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { ChannelCredentials } from './adapter.js';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD = 1 + KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

export type Purpose = 'credentials' | 'token' | 'grant' | 'ticket';

/** Where an envelope lives. Copied to another row, tenant or column, it does not open. */
export interface Place {
  tenantId: string;
  channelId: string;
  purpose: Purpose;
}

const keyId = (key: Buffer): Buffer => createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES);
const boundTo = ({ tenantId, channelId, purpose }: Place): Buffer => Buffer.from(`${tenantId}|${channelId}|${purpose}`);

/** Version, key id, iv, tag, ciphertext. `keys[0]` must exist and be 32 bytes. */
export function seal(keys: readonly Buffer[], place: Place, plain: string): Buffer {
  const key = keys[0];
  if (key === undefined) throw new Error('no key to seal with');
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(boundTo(place));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), keyId(key), iv, cipher.getAuthTag(), body]);
}

/** The plain text; undefined when no key of ours fits or anything was changed. */
export function open(keys: readonly Buffer[], place: Place, envelope: Buffer): string | undefined {
  if (envelope.length < HEAD || envelope[0] !== VERSION) return undefined;
  const key = keys.find((one) => keyId(one).equals(envelope.subarray(1, 1 + KEY_ID_BYTES)));
  if (key === undefined) return undefined;
  const iv = envelope.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    .setAAD(boundTo(place))
    .setAuthTag(envelope.subarray(HEAD - TAG_BYTES, HEAD));
  try {
    return Buffer.concat([decipher.update(envelope.subarray(HEAD)), decipher.final()]).toString('utf8');
  } catch {
    return undefined; // changed, or sealed for another place
  }
}

/** True when the envelope was sealed by a key that is no longer the first. */
export const isSealedByOldKey = (keys: readonly Buffer[], envelope: Buffer): boolean =>
  keys[0] === undefined || !keyId(keys[0]).equals(envelope.subarray(1, 1 + KEY_ID_BYTES));

export const sealCredentials = (keys: readonly Buffer[], place: Omit<Place, 'purpose'>, credentials: ChannelCredentials): Buffer =>
  seal(keys, { ...place, purpose: 'credentials' }, JSON.stringify(credentials));

/** Undefined when there are none, or no key opens them. */
export function openCredentials(keys: readonly Buffer[], place: Omit<Place, 'purpose'>, envelope: Buffer | null): ChannelCredentials | undefined {
  const text = envelope === null ? undefined : open(keys, { ...place, purpose: 'credentials' }, envelope);
  return text === undefined ? undefined : (JSON.parse(text) as ChannelCredentials);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` random letters and digits, without bias: a callback token (32) or an EncodingAESKey (43). */
export function randomWord(length: number): string {
  let word = '';
  while (word.length < length) {
    for (const byte of randomBytes(64)) {
      if (byte < 248 && word.length < length) word += ALPHABET[byte % 62] ?? '';
    }
  }
  return word;
}
