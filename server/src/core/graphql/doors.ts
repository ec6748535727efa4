// Every root field and route names its door. The process does not start when one has none.
import { type CanActivate, type ExecutionContext, Injectable, type OnApplicationBootstrap, SetMetadata } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Permission } from '@huiliu/shared';
import { currentContext } from '../context.js';
import { AppError } from '../errors/app-error.js';
import { PublicRate } from './public-rate.js';

export const DOOR = 'huiliu:door';
export type Door = { kind: 'can'; permission: Permission } | { kind: 'customer' } | { kind: 'public'; metered?: true } | { kind: 'staff' };

/** Staff or an integrator with this permission. */
export const Can = (permission: Permission) => SetMetadata(DOOR, { kind: 'can', permission } satisfies Door);
/** Any signed-in member of staff: what concerns the account itself. */
export const Staff = () => SetMetadata(DOOR, { kind: 'staff' } satisfies Door);
/** A signed-in customer (play token). */
export const Customer = () => SetMetadata(DOOR, { kind: 'customer' } satisfies Door);
/** Anyone. */
export const Public = () => SetMetadata(DOOR, { kind: 'public' } satisfies Door);

/** Anyone, but nobody too often: what strangers may make us store. Needs an argument `tenantSlug`. */
export const PublicMetered = () => SetMetadata(DOOR, { kind: 'public', metered: true } satisfies Door);

const unauthenticated = (message: string) => new AppError('unauthenticated', message);

/** @throws unauthenticated or forbidden. */
export function checkDoor(door: Door): void {
  const { actor, tenantId } = currentContext();
  if (door.kind === 'public') return;
  if (door.kind === 'customer') {
    if (actor.kind !== 'customer') throw unauthenticated('Sign the customer in first (signInCustomer) and send the play token.');
    return;
  }
  if ((actor.kind !== 'staff' && actor.kind !== 'integrator') || !tenantId) throw unauthenticated('Please sign in.');
  if (door.kind === 'staff' && actor.kind !== 'staff') throw new AppError('forbidden', 'Only a member of staff may do this, not an API key.');
  if (door.kind === 'can') mustHave(door.permission);
}

/** For a field that shows more than the door it was reached by: another module's facts, or the merchant's own. @throws forbidden */
export function mustHave(permission: Permission): void {
  if (!currentContext().actor.permissions?.has(permission)) throw new AppError('forbidden', `This needs the permission ${permission}.`, { permission });
}

@Injectable()
export class DoorGuard implements CanActivate {
  constructor(private readonly rate: PublicRate) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const door = Reflect.getMetadata(DOOR, context.getHandler()) as Door | undefined;
    if (!door) throw new AppError('bug', `${context.getClass().name}.${context.getHandler().name} names no door.`);
    checkDoor(door);
    return door.kind === 'public' && door.metered ? this.rate.take(context.getArgs()) : true;
  }
}

const RESOLVER_TYPE = 'graphql:resolver_type';
const ROUTE_PATH = 'path';

/** Reads every resolver and controller at start-up and refuses a method without a door. */
@Injectable()
export class DoorCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.withoutDoor();
    if (open.length > 0) throw new Error(`These name no door (@Can, @Staff, @Customer or @Public): ${open.join(', ')}`);
  }

  withoutDoor(): string[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    return wrappers.flatMap((wrapper) => {
      const prototype = (wrapper.metatype as { prototype?: Record<string, unknown> } | null)?.prototype;
      if (!prototype) return [];
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const method = prototype[name];
        if (typeof method !== 'function') return [];
        const type = Reflect.getMetadata(RESOLVER_TYPE, method) as string | undefined;
        const isRoot = type === 'Query' || type === 'Mutation' || type === 'Subscription' || Reflect.getMetadata(ROUTE_PATH, method) !== undefined;
        return isRoot && !Reflect.getMetadata(DOOR, method) ? [`${wrapper.name}.${name}`] : [];
      });
    });
  }
}
