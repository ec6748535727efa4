// A customer's proof: signed, stateless, short. The hot claim path needs no lookup to know who asks.
import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'hlp_';
const LIFE_MS = 7 * 24 * 3600_000;

export interface PlayClaims {
  tenantId: string;
  customerId: string;
  expiresAt: Date;
}

const sign = (body: string, key: Buffer): Buffer => createHmac('sha256', key).update(`play ${body}`).digest();

export const isPlayToken = (token: string): boolean => token.startsWith(PREFIX);

/** @param keys the current master key first; older ones still verify. */
export function makePlayToken(tenantId: string, customerId: string, now: Date, keys: readonly Buffer[]): { token: string; expiresAt: Date } {
  const expiresAt = new Date(now.getTime() + LIFE_MS);
  const body = Buffer.from(`${tenantId}.${customerId}.${expiresAt.getTime()}`).toString('base64url');
  return { token: `${PREFIX}${body}.${sign(body, keys[0]!).toString('base64url')}`, expiresAt };
}

/** @returns undefined for a token that is not ours, was changed, or is over. */
export function readPlayToken(token: string, now: Date, keys: readonly Buffer[]): PlayClaims | undefined {
  const [body, signature] = token.slice(PREFIX.length).split('.');
  if (!isPlayToken(token) || !body || !signature) return undefined;
  const given = Buffer.from(signature, 'base64url');
  if (!keys.some((key) => given.length === 32 && timingSafeEqual(given, sign(body, key)))) return undefined;
  const [tenantId, customerId, ms] = Buffer.from(body, 'base64url').toString('utf8').split('.');
  const expiresAt = new Date(Number(ms));
  if (!tenantId || !customerId || !(expiresAt > now)) return undefined;
  return { tenantId, customerId, expiresAt };
}
