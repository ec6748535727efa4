import { createHash, randomBytes } from 'node:crypto';

/** The 28-character openid of a person in one mini program; always the same for the same pair. */
export function openidOf(appid: string, personId: string): string {
  return `o${digest(`openid|${appid}|${personId}`, 27)}`;
}

/** The person's id across all programs of one Open Platform account. */
export function unionidOf(personId: string): string {
  return `oU${digest(`unionid|${personId}`, 26)}`;
}

/** URL-safe random text of exactly `length` characters. */
export function randomText(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}

/** Request id as it is appended to error messages. */
export function newRid(): string {
  const hex = randomBytes(12).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 16)}-${hex.slice(16, 24)}`;
}

/** Hands out rising 64-bit message ids, larger than a JavaScript number can hold. */
export class MessageIds {
  private next = BigInt(Date.now()) << 22n;

  take(): bigint {
    this.next += 1n;
    return this.next;
  }
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
