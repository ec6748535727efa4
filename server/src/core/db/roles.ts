// The two login roles of the running system. Neither owns a table; their passwords follow from the master key.
import { createHmac } from 'node:crypto';

export type DbRole = 'huiliu_app' | 'huiliu_system';

export const rolePassword = (secretKey: Buffer, role: DbRole): string =>
  createHmac('sha256', secretKey).update(`database role ${role}`).digest('hex');

/** The owner's address with the role's name and password in place of the owner's. */
export function roleUrl(databaseUrl: string, role: DbRole, secretKey: Buffer): string {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = rolePassword(secretKey, role);
  return url.href;
}
