import type { Type } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../core/testing/index.js';
import { ChannelSender } from '../channels/index.js';
import { ConsentsService, Ledger } from '../consents/index.js';
import { Dispatcher } from './dispatcher.service.js';
import { Dispatches } from './dispatches.service.js';
import { MessagesModule } from './messages.module.js';
import type { DispatchSpec } from './plan.js';
import { Planner } from './planner.service.js';
import { ReceiptsService } from './receipts.service.js';
import { SweepService } from './sweep.service.js';
import { inbound } from '../consents/testing/scene.fixture.js';
import { aShop, grant, newcomers, shopSpec, type Shop } from './testing/shop.fixture.js';

let t: TestApp;
let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url }, [MessagesModule]);
});
afterAll(async () => {
  await t.stop();
  await simulator.stop();
});

const SEND = '/cgi-bin/message/subscribe/send';

interface Stats { received: { subscribe: number; custom: number }; byPerson: Record<string, { subscribe: number; custom: number }> }
const stats = (shop: Shop) => simulator.call<Stats>('GET', `/sim/stats?appid=${shop.appId}`);
const fault = (shop: Shop, more: Record<string, unknown>) => simulator.call('POST', '/sim/faults', { path: SEND, appid: shop.appId, ...more });
const within = <T>(shop: Shop, work: () => Promise<T>): Promise<T> => t.as(shop.tenantId, work);
const balance = (shop: Shop) => within(shop, () => t.get(ConsentsService).balance());
const progress = (shop: Shop, spec: DispatchSpec) => within(shop, async () => (await t.get(Dispatches).progress([spec.dispatchId])).get(spec.dispatchId)!);
const run = (shop: Shop) => within(shop, () => t.get(Dispatcher).run(shop.channelId));
const later = async (seconds: number, work: () => Promise<unknown>): Promise<void> => {
  t.clock.set(new Date(Date.now() + seconds * 1000));
  await work();
  t.clock.set(undefined);
};

/** A dispatcher that does not know of the others. */
function anotherDispatcher(): Dispatcher {
  const parts = (Reflect.getMetadata('design:paramtypes', Dispatcher) as Type[]).map((part) => t.get(part));
  return Reflect.construct(Dispatcher, parts) as Dispatcher;
}

/** Planned, started and sealed; nothing sent yet. */
async function ready(shop: Shop, more: Partial<DispatchSpec> = {}): Promise<DispatchSpec> {
  const spec = shopSpec(shop, more);
  await within(shop, async () => {
    await t.get(Dispatches).open(spec);
    await t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] } });
    await t.get(Dispatches).start(spec.dispatchId);
    await t.get(Dispatches).seal(spec.dispatchId);
  });
  return spec;
}

describe('the dispatcher', () => {
  it('reaches each person once with six workers at once, counts it, and is done', async () => {
    const shop = await aShop(t, simulator, 300);
    const spec = await ready(shop);
    // Each dispatcher as a process of its own would have it: they share nothing but the database.
    await Promise.all(Array.from({ length: 6 }, () => within(shop, () => anotherDispatcher().run(shop.channelId))));
    const { received, byPerson } = await stats(shop);
    expect(received).toEqual({ subscribe: 300, custom: 0 });
    expect(new Set(Object.values(byPerson).map((one) => one.subscribe))).toEqual(new Set([1]));
    expect(await progress(shop, spec)).toMatchObject({ sent: 300, planned: 0, sending: 0 });
    expect(await balance(shop)).toMatchObject({ permits: 300, offBalance: 0, remaining: 0 });
    expect(await within(shop, () => t.get(Dispatches).state(spec.dispatchId))).toBe('done');
    const [counted] = await t.sql<{ n: number; facts: number }>(
      `select (select sum(count)::int from message_counts where tenant_id = $1) n, (select count(*)::int from customer_timeline where tenant_id = $1 and type = 'message.sent') facts`, [shop.tenantId]);
    expect(counted).toEqual({ n: 300, facts: 300 });
    const [job] = await t.sql<{ n: number }>(`select count(*)::int n from graphile_worker._private_jobs where payload::text like '%' || $1 || '%'`, [spec.dispatchId]);
    expect(job!.n).toBe(0); // nobody listens to the drained event among these modules
  });

  it('says where a tap leads', async () => {
    const shop = await aShop(t, simulator, 1);
    const offerId = newId();
    await ready(shop, { offerId });
    await run(shop);
    const { messages } = await simulator.call<{ messages: { page: string }[] }>('GET', `/sim/people/${shop.people[0]!.simId}/inbox?appid=${shop.appId}`);
    const [row] = await t.sql<{ id: string }>('select id from messages where tenant_id = $1', [shop.tenantId]);
    expect(messages[0]!.page).toBe(`pages/offer/index?o=${offerId}&m=${row!.id}`);
  });

  it('corrects the ledger when the person refused, and takes the next rung', async () => {
    const shop = await aShop(t, simulator, 2, 0);
    const [open, closed] = shop.people as [Shop['people'][0], Shop['people'][0]];
    await simulator.call('POST', `/sim/people/${open.simId}/say`, { appid: shop.appId, text: '在吗' });
    await within(shop, async () => {
      await grant(t, shop, shop.people, 2); // the platform knows of none
      await t.get(Ledger).openWindows([{ identityId: open.identityId, platform: 'wechat_mini_program', action: 'message', at: new Date(Date.now() - 1000), sourceKey: newId() }]);
    });
    const base = shopSpec(shop);
    const spec = await ready(shop, { contents: [...base.contents, { kind: 'window', channelId: shop.channelId, text: '您好，{{shop.name}}等您回来' }] });
    await run(shop);
    expect((await stats(shop)).received).toEqual({ subscribe: 0, custom: 1 });
    expect(await progress(shop, spec)).toMatchObject({ sent: 1, refused: 1 });
    const rows = await t.sql<{ customer_id: string; state: string; reason: string | null; considered: { index: number; verdict: string; reason?: string }[] }>('select * from messages where tenant_id = $1', [shop.tenantId]);
    const of = (id: string) => rows.find((row) => row.customer_id === id)!;
    expect(of(open.customerId).considered).toMatchObject([{ index: 0, verdict: 'refused', reason: 'no_permit' }, { index: 1, verdict: 'chosen' }]);
    expect(of(closed.customerId)).toMatchObject({ state: 'refused', reason: 'no_permit', considered: [{ verdict: 'refused' }, { verdict: 'excluded', reason: 'window_closed' }] });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, drift: 2, remaining: 4 });
    const report = await within(shop, () => t.get(Dispatches).report(spec.dispatchId));
    expect(report).toMatchObject({ sent: 1, refused: 1, drift: 2, permitsSpent: 1, byRung: [{ index: 0, sent: 0, refused: 2 }, { index: 1, kind: 'window', sent: 1, refused: 0 }] });
  });

  it('waits for the next day when the quota is gone, and sends then', async () => {
    const shop = await aShop(t, simulator, 100);
    const spec = await ready(shop);
    await fault(shop, { kind: 'quota', times: 1 });
    await run(shop);
    const { sent, planned } = await progress(shop, spec);
    expect(sent + planned).toBe(100);
    expect(planned).toBeGreaterThan(0);
    await run(shop); // blocked: nothing moves
    expect(await progress(shop, spec)).toMatchObject({ sent, planned });
    await t.sql('update channel_rates set blocked_until = null where channel_id = $1', [shop.channelId]); // as after midnight
    await later(86_400, () => run(shop));
    expect(await progress(shop, spec)).toMatchObject({ sent: 100, planned: 0 });
    expect((await stats(shop)).received.subscribe).toBe(100);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 0 });
  });

  it('never sends twice what the platform took without answering, and settles it by the platform’s own event', async () => {
    const shop = await aShop(t, simulator, 20, 2);
    const spec = await ready(shop);
    await fault(shop, { kind: 'hang_after', times: 3, delayMs: 11_000 });
    await run(shop);
    await later(120, () => run(shop));
    expect(await progress(shop, spec)).toMatchObject({ sent: 17, unknown: 3, planned: 0 });
    const { received, byPerson } = await stats(shop);
    expect(received.subscribe).toBe(20);
    expect(Math.max(...Object.values(byPerson).map((one) => one.subscribe))).toBe(1);
    const lost = await t.sql<{ openid: string }>(`select i.external_id as openid from messages m join identities i on i.id = m.identity_id where m.tenant_id = $1 and m.state = 'unknown'`, [shop.tenantId]);
    const events = lost.map(({ openid }, at) => [{ type: 'subscription.sent', externalId: openid, at: new Date().toISOString(), dedupKey: newId(), templateExternalId: 'TPL_EXPIRY', platformId: `90071992547409931${at}`, status: 'delivered', code: 0, detail: 'success' }]);
    const ids = await inbound(t, { ...shop, templateExternalId: 'TPL_EXPIRY' }, events);
    await within(shop, () => t.get(ReceiptsService).receive(shop.channelId, ids));
    await within(shop, () => t.get(ReceiptsService).receive(shop.channelId, ids));
    expect(await progress(shop, spec)).toMatchObject({ sent: 20, unknown: 0 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 20 });
  });

  it('backs off from a busy platform and gives up after five tries, with the permit back', async () => {
    const shop = await aShop(t, simulator, 2);
    const spec = await ready(shop);
    await fault(shop, { kind: 'busy' });
    for (let round = 0; round < 6; round++) await later(round * 600, () => run(shop));
    expect(await progress(shop, spec)).toMatchObject({ failed: 2, planned: 0 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 2 });
    const [counted] = await t.sql<{ n: number }>('select coalesce(sum(count), 0)::int n from message_counts where tenant_id = $1', [shop.tenantId]);
    expect(counted!.n).toBe(0);
    await simulator.call('DELETE', '/sim/faults');
  });

  it('gives back what was under way when it was cancelled and would now wait again', async () => {
    const shop = await aShop(t, simulator, 3);
    const spec = await ready(shop);
    await fault(shop, { kind: 'busy' });
    const sender = t.get(ChannelSender);
    const send = sender.sendMany.bind(sender);
    // The cancel comes in the very moment between the taking of a wave and the platform's answer.
    vi.spyOn(sender, 'sendMany').mockImplementationOnce(async (...asked) => {
      expect(await progress(shop, spec)).toMatchObject({ sending: 3 });
      expect(await within(shop, () => t.get(Dispatches).cancel(spec.dispatchId))).toBe(0);
      return send(...asked);
    });
    await run(shop);
    await simulator.call('DELETE', '/sim/faults');
    expect(await progress(shop, spec)).toMatchObject({ planned: 0, sending: 0, cancelled: 3 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 3 });
  });

  it('stops after twenty refusals of our content in a row, names the field, and keeps the rest', async () => {
    const shop = await aShop(t, simulator, 500);
    const spec = await ready(shop);
    await fault(shop, { kind: 'errcode', errcode: 47003 });
    await run(shop);
    await simulator.call('DELETE', '/sim/faults');
    const now = await progress(shop, spec);
    expect(now.failed).toBeGreaterThanOrEqual(20);
    expect(now.planned).toBeGreaterThan(0);
    expect(await within(shop, () => t.get(Dispatches).state(spec.dispatchId))).toBe('stopped');
    expect(await within(shop, () => t.get(Dispatches).stopReason(spec.dispatchId))).toMatchObject({ scope: 'content', code: 47003, contentIndex: 0 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: now.failed });
    expect(await within(shop, () => t.get(Dispatches).cancel(spec.dispatchId))).toBe(now.planned);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 500 });
  });

  it('stops at once when the account may not send, and goes on after it is mended', async () => {
    const shop = await aShop(t, simulator, 10);
    const spec = await ready(shop);
    await fault(shop, { kind: 'errcode', errcode: 43107 });
    await run(shop);
    await simulator.call('DELETE', '/sim/faults');
    expect(await within(shop, () => t.get(Dispatches).state(spec.dispatchId))).toBe('stopped');
    expect(await progress(shop, spec)).toMatchObject({ planned: 10 });
    expect(await within(shop, () => t.get(Dispatches).resume(spec.dispatchId))).toBe(true);
    await run(shop);
    expect(await progress(shop, spec)).toMatchObject({ sent: 10 });
  });

  it('pauses between waves and resumes without repeating', async () => {
    const shop = await aShop(t, simulator, 1200);
    const spec = await ready(shop);
    await fault(shop, { kind: 'slow', delayMs: 100 });
    const running = run(shop);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const paused = await Promise.all(Array.from({ length: 10 }, () => within(shop, () => t.get(Dispatches).pause(spec.dispatchId))));
    expect(paused.filter(Boolean)).toHaveLength(1);
    await running;
    await run(shop);
    const { sent, planned, sending } = await progress(shop, spec);
    expect(sent + planned).toBe(1200);
    expect(planned).toBeGreaterThan(0);
    expect(sending).toBe(0);
    await simulator.call('DELETE', '/sim/faults');
    await within(shop, () => t.get(Dispatches).resume(spec.dispatchId));
    await Promise.all([run(shop), run(shop)]);
    expect(await progress(shop, spec)).toMatchObject({ sent: 1200, planned: 0 });
    expect((await stats(shop)).received.subscribe).toBe(1200);
    expect(await within(shop, () => t.get(Dispatches).resume(spec.dispatchId))).toBe(false);
  });

  it('respects quiet hours that began after planning, and skips what is too late', async () => {
    const shop = await aShop(t, simulator, 2);
    t.clock.set(new Date('2026-11-24T13:59:00Z')); // 21:59 in Shanghai
    const spec = await ready(shop, { quiet: { from: '22:00', until: '09:00' }, latestUsefulAt: new Date('2026-11-25T00:30:00Z') });
    t.clock.set(new Date('2026-11-24T14:01:00Z'));
    await run(shop);
    expect(await progress(shop, spec)).toMatchObject({ planned: 2, sent: 0 });
    t.clock.set(new Date('2026-11-25T00:31:00Z'));
    await within(shop, () => t.get(SweepService).run());
    t.clock.set(undefined);
    expect(await progress(shop, spec)).toMatchObject({ skipped: 2, planned: 0 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 2 });
    expect(await within(shop, () => t.get(Dispatches).state(spec.dispatchId))).toBe('done');
  });

  it('does not write to somebody who opted out after planning', async () => {
    const shop = await aShop(t, simulator, 2);
    const spec = await ready(shop);
    await t.sql('update customers set opted_out_at = now() where id = $1', [shop.people[0]!.customerId]);
    await run(shop);
    expect(await progress(shop, spec)).toMatchObject({ sent: 1, skipped: 1 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 1 });
  });

  it('marks what a dead process left behind as unknown, with its permit spent', async () => {
    const shop = await aShop(t, simulator, 3);
    const spec = await ready(shop);
    await t.sql(`update messages set state = 'sending', lease_until = now() - interval '1 second', sent_at = now() where tenant_id = $1 and customer_id = $2`, [shop.tenantId, shop.people[0]!.customerId]);
    await within(shop, () => t.get(SweepService).run());
    await run(shop);
    expect(await progress(shop, spec)).toMatchObject({ sent: 2, unknown: 1 });
    expect((await stats(shop)).received.subscribe).toBe(2);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 0 });
  });

  it('a newcomer to the segment is planned into the same dispatch once', async () => {
    const shop = await aShop(t, simulator, 2);
    const spec = await ready(shop);
    await newcomers(t, simulator, shop, { count: 1, permits: 1 });
    const outcome = await within(shop, () => t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] } }));
    expect(outcome).toMatchObject({ audience: 1, reachable: [{ index: 0, count: 1 }] });
  });
});
