import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../core/context.js';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { CustomersService, IdentityService } from '../customers/index.js';
import { AttributionService } from './attribution.service.js';
import { VisitIntake, type Visit } from './visit-intake.service.js';

let t: TestApp;
let shop: string;
let slug: string;
let channelId: string;
const nobody: Actor = { kind: 'public' };

beforeAll(async () => {
  t = await startTestApp();
  shop = await t.tenant();
  slug = (await t.sql<{ slug: string }>('select slug from tenants where id = $1', [shop]))[0]!.slug;
  channelId = newId();
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id) values ($1, $2, 'wechat_mini_program', 'x', 'wx1')`, [shop, channelId]);
});
afterAll(() => t?.stop());

const link = (source = 'shop_qr') => t.as(shop, () => t.get(AttributionService).createLink({ name: '收银台海报', source }));
const visit = (more: Partial<Visit>, actor = nobody, tenantId = shop) => t.as(tenantId, () => t.get(VisitIntake).record({ tenantSlug: slug, visitorId: `visitor-${newId()}`, ...more }), actor);
const touches = (linkId: string) => t.as(shop, () => t.get(AttributionService).touchCounts([linkId]));
const person = async () => (await t.as(shop, () => t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: newId() }))).customerId;
const customer = (id: string) => t.as(shop, () => t.get(CustomersService).get(id));
const events = (type: string) => t.sql<{ payload: { p: Record<string, unknown> } }>(`select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks k on k.id = j.task_id where k.identifier like $1`, [`on:${type}:%`]);

describe('entry links', () => {
  it('each have a code of their own, fifty made at once', async () => {
    const made = await Promise.all(Array.from({ length: 50 }, () => link()));
    expect(new Set(made.map((l) => l.code)).size).toBe(50);
    expect(await t.as(shop, () => t.get(AttributionService).urlsOf([made[0]!]))).toEqual([`http://127.0.0.1:8080/p/${slug}/e/${made[0]!.code}`]);
  });
  it('say which field is wrong, and know no other merchant\'s offer', async () => {
    await expect(link('京东')).rejects.toMatchObject({ kind: 'invalid', details: { field: 'source' } });
    await expect(t.as(shop, () => t.get(AttributionService).createLink({ name: 'x', source: 'shop_qr', offerId: newId() }))).rejects.toMatchObject({ kind: 'not_found' });
    const { id } = await link();
    const other = await t.tenant();
    await expect(t.as(other, () => t.get(AttributionService).link(id))).rejects.toMatchObject({ kind: 'not_found' });
    await expect(t.as(other, () => t.get(AttributionService).archiveLink(id))).rejects.toMatchObject({ kind: 'not_found' });
  });
  it('go on counting after they were archived: a poster stays on the wall', async () => {
    const { id, code } = await link();
    await t.as(shop, () => t.get(AttributionService).archiveLink(id));
    expect((await t.as(shop, () => t.get(AttributionService).links())).some((l) => l.id === id)).toBe(false);
    await visit({ entryCode: code.toUpperCase() });
    expect(await touches(id)).toEqual([{ id, touches: 1, customers: 0 }]);
  });
});

describe('visits', () => {
  it('of people nobody knows are kept by browser', async () => {
    const { id, code } = await link();
    await Promise.all([visit({ entryCode: code }), visit({ entryCode: code }), visit({ entryCode: code })]);
    expect(await touches(id)).toEqual([{ id, touches: 3, customers: 0 }]);
    await expect(visit({ entryCode: 'zzzzzzzz' })).rejects.toMatchObject({ kind: 'not_found' });
    await expect(visit({ visitorId: 'x' })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('of a signed-in customer set the first source once and move the last visit', async () => {
    const [qr, ad] = [await link('shop_qr'), await link('douyin_ad')];
    const id = await person();
    const actor: Actor = { kind: 'customer', id };
    await visit({ entryCode: qr.code }, actor);
    t.clock.set(new Date(Date.now() + 3_600_000));
    await visit({ entryCode: ad.code }, actor);
    expect(await customer(id)).toMatchObject({ firstSource: 'shop_qr', lastVisitAt: t.clock.now() });
    t.clock.set(undefined);
    expect(await touches(ad.id)).toEqual([{ id: ad.id, touches: 1, customers: 1 }]);
    expect(await t.sql(`select 1 from customer_events where customer_id = $1 and type = 'customer.visited'`, [id])).toHaveLength(2);
  });

  it('with another shop\'s play token are visits of nobody known', async () => {
    const other = await t.tenant();
    const { id, code } = await link();
    await visit({ entryCode: code }, { kind: 'customer', id: newId() }, other);
    expect(await touches(id)).toEqual([{ id, touches: 1, customers: 0 }]);
  });

  it('by a message name the message to the listeners, but not when somebody else forwarded it', async () => {
    const [recipient, friend] = [await person(), await person()];
    const messageId = newId();
    const dispatch = newId();
    await t.sql(`insert into dispatches (tenant_id, id, purpose, spec) values ($1, $2, 'recall', '{}')`, [shop, dispatch]);
    await t.sql(`insert into messages (tenant_id, id, dispatch_id, customer_id, state) values ($1, $2, $3, $4, 'skipped')`, [shop, messageId, dispatch, recipient]);
    const told = async () => (await events('customer.visited')).map(({ payload }) => payload.p).filter((p) => p['customerId'] === recipient || p['customerId'] === friend);
    await t.sql('delete from graphile_worker._private_jobs');
    await visit({ messageId });
    expect((await told())[0]).toMatchObject({ customerId: recipient, messageId });
    await t.sql('delete from graphile_worker._private_jobs');
    await visit({ messageId }, { kind: 'customer', id: friend });
    expect((await told())[0]).toMatchObject({ customerId: friend, messageId: null });
    await t.sql('delete from graphile_worker._private_jobs');
    await visit({ messageId: 'mangled' });
    expect(await told()).toEqual([]);
    expect(await t.sql(`select 1 from touches where message_id = $1 and source = 'recall_message'`, [messageId])).toHaveLength(2);
  });
});
