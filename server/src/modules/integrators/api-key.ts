// Rules of integrator keys.
import { integratorScopes, type Permission } from '@huiliu/shared';

export const KEY_PREFIX = 'hlk_';

/** hlk_<tenant id without dashes>_<secret>: the key names its tenant, so that it is looked for inside the fence. */
export const formatKey = (tenantId: string, secret: string): string => `${KEY_PREFIX}${tenantId.replaceAll('-', '')}_${secret}`;

/** @returns undefined when it does not look like a key of ours. */
export function parseKey(key: string): { tenantId: string; secret: string } | undefined {
  const found = /^hlk_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([\w-]{40,})$/.exec(key);
  return found ? { tenantId: found.slice(1, 6).join('-'), secret: found[6]! } : undefined;
}

/** Scopes that no key may have. */
export const unknownScopes = (scopes: readonly string[]): string[] => scopes.filter((scope) => !integratorScopes.includes(scope as Permission));
