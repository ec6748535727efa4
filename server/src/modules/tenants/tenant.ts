// Rules of a merchant account.

export interface Tenant {
  id: string;
  /** Public name in addresses: lower-case letters and digits. */
  slug: string;
  name: string;
  /** IANA zone. */
  timezone: string;
  trade: string | null;
  isDemo: boolean;
}

export interface TenantInput {
  name?: string | null;
  timezone?: string | null;
  trade?: string | null;
}

export interface FieldProblem {
  field: string;
  problem: string;
  message: string;
}

const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A public name of ten characters that cannot be misread. @param random bytes, at least ten. */
export const makeSlug = (random: Uint8Array): string => 's' + [...random.subarray(0, 9)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');

// A name, not an offset: Postgres reads "+08:00" the POSIX way, as eight hours west.
const isZone = (zone: string): boolean => {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
};

/** What is wrong with the input, or undefined. */
export function whyNotTenant(input: TenantInput): FieldProblem | undefined {
  if (input.name !== undefined && input.name !== null && (input.name.trim().length < 1 || input.name.length > 60))
    return { field: 'name', problem: 'length', message: 'name must have 1 to 60 characters.' };
  if (input.timezone && !isZone(input.timezone)) return { field: 'timezone', problem: 'unknown', message: 'timezone must be an IANA zone, for example Asia/Shanghai.' };
  if (input.trade && input.trade.length > 40) return { field: 'trade', problem: 'length', message: 'trade must have at most 40 characters.' };
  return undefined;
}
