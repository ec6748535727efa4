// What the platform itself knows: permits left on each phone, and what was received. Nothing here comes from the product.
import { atOnce } from './api.ts';
import type { TemplateKey } from './shop.ts';
import type { Person, World } from './visits.ts';

export interface PlatformStats {
  received: { subscribe: number; custom: number };
  repeats: number;
  callbacks: { sent: number; acked: number; failed: number };
  byPerson: Record<string, { subscribe: number; custom: number }>;
}

/** Sends left by person and template. */
export type Permits = Map<string, Record<TemplateKey, number>>;

/** Waits until every push has been answered by the product, or was given up. */
export const callbacksDone = ({ simulator }: World) => simulator.call('GET', '/sim/idle?timeoutMs=60000');

export const statsOf = ({ simulator, shop }: World) => simulator.call<PlatformStats>('GET', `/sim/stats?appid=${shop.appid}`);

export async function permitsOf({ simulator, shop, width }: World, people: readonly Person[]): Promise<Permits> {
  const permits: Permits = new Map();
  await atOnce(people, width, async ({ id, customerId }) => {
    if (!customerId) return;
    const { remaining } = await simulator.call<{ remaining: Record<string, number> }>('GET', `/sim/people/${id}/settings?appid=${shop.appid}`);
    const left = (key: TemplateKey): number => remaining[shop.external[key]] ?? 0;
    permits.set(id, { expiring: left('expiring'), activity: left('activity'), memberDay: left('memberDay') });
  });
  return permits;
}

export const permitsLeft = (permits: Permits): number => [...permits.values()].reduce((sum, one) => sum + one.expiring + one.activity + one.memberDay, 0);
