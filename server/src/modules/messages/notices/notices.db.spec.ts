import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ConsentsService } from '../../consents/index.js';
import { MessagesModule } from '../messages.module.js';
import { aShop, type Shop } from '../testing/shop.fixture.js';
import { NoticesService } from './notices.service.js';

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

/** Ten in the morning in Shanghai, some days from now: outside the quiet hours. */
const morning = (days: number) => new Date(`${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T02:00:00Z`);

/** An offer with this notice; one coupon each, expiring so many hours after the first morning. */
async function anOffer(shop: Shop, purpose: string, hours: readonly number[]): Promise<string[]> {
  const [template, offer] = [newId(), newId()];
  await t.sql(`insert into coupon_templates (tenant_id, id, name, kind, value_fen, stock, remaining, validity, valid_days) values ($1, $2, '满50减10', 'amount', 1000, 100, 100, 'relative', 7)`, [shop.tenantId, template]);
  const notices = [{ templateId: shop.templateId, purpose, fields: { thing1: '{{coupon.name}}', time2: '{{coupon.expires_at}}' } }];
  await t.sql(`insert into offers (tenant_id, id, name, headline, channel_id, coupon_template_id, notices, state) values ($1, $2, '到店礼', '到店礼', $3, $4, $5, 'published')`, [shop.tenantId, offer, shop.channelId, template, JSON.stringify(notices)]);
  const ids: string[] = [];
  for (const [at, after] of hours.entries()) {
    const id = newId();
    ids.push(id);
    await t.sql(
      `insert into coupons (tenant_id, id, template_id, customer_id, number, code, offer_id, usable_from, expires_at) values ($1, $2::uuid, $3, $4, 1, $2::text, $5, now(), $6)`,
      [shop.tenantId, id, template, shop.people[at]!.customerId, offer, new Date(morning(1).getTime() + after * 3_600_000)]);
  }
  return ids;
}

const received = async (shop: Shop) => {
  const { byPerson } = await simulator.call<{ byPerson: Record<string, { subscribe: number }> }>('GET', `/sim/stats?appid=${shop.appId}`);
  return shop.people.map(({ simId }) => byPerson[simId]?.subscribe ?? 0);
};
const remind = async (shop: Shop, at: Date) => {
  t.clock.set(at);
  await t.as(shop.tenantId, () => t.get(NoticesService).remindOfExpiry());
  await t.runJobs();
  t.clock.set(undefined);
};

it('reminds once of each coupon that expires tomorrow, and of no other', async () => {
  const shop = await aShop(t, simulator, 4, 2);
  await anOffer(shop, 'coupon_expiring', [2, 24, 30, 60]); // today, tomorrow, tomorrow, in two days
  await remind(shop, morning(1));
  await remind(shop, morning(1));
  expect(await received(shop)).toEqual([0, 1, 1, 0]);
  await remind(shop, morning(2));
  expect(await received(shop)).toEqual([0, 1, 1, 1]);
  expect(await t.sql("select count(*)::int n from dispatches where tenant_id = $1 and is_sealed", [shop.tenantId])).toEqual([{ n: 1 }]);
  expect(await t.as(shop.tenantId, () => t.get(ConsentsService).balance())).toMatchObject({ offBalance: 0 });
});

it('tells once however many ask at once', async () => {
  const shop = await aShop(t, simulator, 5, 3);
  await anOffer(shop, 'coupon_expiring', [24, 24, 24, 24, 24]);
  t.clock.set(morning(1));
  await t.as(shop.tenantId, () => Promise.all(Array.from({ length: 50 }, () => t.get(NoticesService).remindOfExpiry())));
  await t.runJobs();
  t.clock.set(undefined);
  expect(await received(shop)).toEqual([1, 1, 1, 1, 1]);
});

it('waits for the end of the quiet hours', async () => {
  const shop = await aShop(t, simulator, 1, 1);
  await anOffer(shop, 'coupon_expiring', [24]);
  await remind(shop, new Date(morning(1).getTime() - 5 * 3_600_000)); // five in the morning
  expect(await received(shop)).toEqual([0]);
  expect(await t.sql('select state, due_at from messages where tenant_id = $1', [shop.tenantId])).toEqual([{ state: 'planned', due_at: new Date(morning(1).getTime() - 3_600_000) }]);
});

it('confirms a claim once where the offer has a notice for it', async () => {
  const shop = await aShop(t, simulator, 2, 2);
  const [first] = await anOffer(shop, 'coupon_claimed', [100, 100]);
  t.clock.set(morning(1));
  await t.as(shop.tenantId, async () => {
    await t.get(NoticesService).confirmClaims([first!]);
    await t.get(NoticesService).confirmClaims([first!]);
  });
  await t.runJobs();
  t.clock.set(undefined);
  expect(await received(shop)).toEqual([1, 0]);
});
