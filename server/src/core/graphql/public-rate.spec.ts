import { describe, expect, it } from 'vitest';
import type { Config } from '../../config.js';
import { PublicRate } from './public-rate.js';

const rate = (publicRatePerMinute: number) => new PublicRate({ publicRatePerMinute } as Config);
const call = (ip: string, tenantSlug = 'shop') => [undefined, { tenantSlug }, { request: { ip } }];
const refused = { kind: 'throttled', details: { retryAfterSeconds: 60 } };

/** How many of these calls passed. */
async function passed(guard: PublicRate, calls: unknown[][]): Promise<number> {
  const results = await Promise.allSettled(calls.map(async (one) => guard.take(one)));
  return results.filter((one) => one.status === 'fulfilled').length;
}

describe('the rate of public calls', () => {
  it('lets an address in as often as configured, then says when to come back', async () => {
    const guard = rate(3);
    expect(await passed(guard, Array.from({ length: 5 }, () => call('203.0.113.7')))).toBe(3);
    await expect(guard.take(call('203.0.113.7'))).rejects.toMatchObject(refused);
    expect(await guard.take(call('203.0.113.8'))).toBe(true);
  });

  it('counts an IPv6 network as one caller', async () => {
    expect(await passed(rate(2), ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((ip) => call(ip)))).toBe(2);
  });

  it('stops a flood on one shop from many addresses, and not its neighbour', async () => {
    const guard = rate(1);
    const flood = Array.from({ length: 150 }, (_, n) => call(`198.51.100.${n}`));
    expect(await passed(guard, flood)).toBe(100);
    expect(await guard.take(call('203.0.113.1', 'neighbour'))).toBe(true);
  });

  it('does not let one refused caller use up the share of the shop', async () => {
    const guard = rate(1);
    await passed(guard, Array.from({ length: 500 }, () => call('203.0.113.9')));
    expect(await passed(guard, Array.from({ length: 99 }, (_, n) => call(`198.51.100.${n}`)))).toBe(99);
  });

  it('counts neither our own machine nor anybody when it is off', async () => {
    expect(await passed(rate(1), Array.from({ length: 9 }, () => call('127.0.0.1')))).toBe(9);
    expect(await passed(rate(0), Array.from({ length: 9 }, () => call('203.0.113.7')))).toBe(9);
  });
});
