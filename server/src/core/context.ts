// Who acts, for which tenant, in which request. Carried beside the call, so that no signature repeats it.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission } from '@huiliu/shared';
import { AppError } from './errors/app-error.js';

export interface Actor {
  kind: 'staff' | 'integrator' | 'customer' | 'public' | 'system';
  /** Staff id, API key id or customer id. */
  id?: string;
  accountId?: string;
  name?: string;
  permissions?: ReadonlySet<Permission>;
}

export interface Context {
  /** Undefined until the tenant is known: repositories then throw. */
  tenantId?: string;
  actor: Actor;
  requestId: string;
}

const storage = new AsyncLocalStorage<Context>();
const nobody: Context = { actor: { kind: 'public' }, requestId: '-' };

export const currentContext = (): Context => storage.getStore() ?? nobody;

/** Runs `work` as this actor; nested calls see the inner one. */
export const runAs = <T>(context: Context, work: () => T): T => storage.run(context, work);

/** @throws bug when code that needs a tenant runs outside of one. */
export function currentTenantId(): string {
  const { tenantId } = currentContext();
  if (!tenantId) throw new AppError('bug', 'No tenant: this code must run inside a tenant context.');
  return tenantId;
}

/** @throws unauthenticated when the actor is not a customer. */
export function currentCustomerId(): string {
  const { actor } = currentContext();
  if (actor.kind !== 'customer' || !actor.id) throw new AppError('unauthenticated', 'Sign the customer in first (signInCustomer).');
  return actor.id;
}
