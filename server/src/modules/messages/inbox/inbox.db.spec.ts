import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ConsentsService, Ledger } from '../../consents/index.js';
import { inbound } from '../../consents/testing/scene.fixture.js';
import { Dispatcher } from '../dispatcher.service.js';
import { Dispatches } from '../dispatches.service.js';
import { MessagesModule } from '../messages.module.js';
import { Planner } from '../planner.service.js';
import { SweepService } from '../sweep.service.js';
import { aShop, shopSpec, type Shop, type ShopPerson } from '../testing/shop.fixture.js';
import { ConversationsService } from './conversations.service.js';
import { InboxIntake } from './inbox-intake.service.js';
import { RepliesService } from './replies.service.js';

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

const within = <T>(shop: Shop, work: () => Promise<T>): Promise<T> => t.as(shop.tenantId, work);
const wrote = (person: ShopPerson, text: string, at = new Date()) => ({ type: 'customer.wrote', externalId: person.openid, at: at.toISOString(), dedupKey: newId(), msgId: newId(), kind: 'text', text });
const store = async (shop: Shop, ...events: Record<string, unknown>[]): Promise<string[]> => inbound(t, { ...shop, templateExternalId: '' }, events.map((event) => [event]));
const enter = (shop: Shop, ids: readonly string[]) => within(shop, () => t.get(InboxIntake).receive(shop.channelId, ids));
const list = (shop: Shop, more: Parameters<ConversationsService['list']>[0] = {}) => within(shop, () => t.get(ConversationsService).list(more));
const thread = (shop: Shop, id: string) => within(shop, async () => (await t.get(ConversationsService).thread(await t.get(ConversationsService).get(id), 50, null)).items);
const reply = (shop: Shop, id: string, text: string, clientKey: string = newId()) => within(shop, () => t.get(RepliesService).send({ id, text, clientKey }));
const received = async (person: ShopPerson, shop: Shop) => (await simulator.call<{ lines: { from: string; text: string }[] }>('GET', `/sim/people/${person.simId}/chat?appid=${shop.appId}`)).lines.filter((line) => line.from !== 'me');
const balance = (shop: Shop) => within(shop, () => t.get(ConsentsService).balance());

/** The customer writes at the platform, and we hear of it: message, window and conversation. */
async function writes(shop: Shop, person: ShopPerson, text: string): Promise<string> {
  await simulator.call('POST', `/sim/people/${person.simId}/say`, { appid: shop.appId, text });
  const event = wrote(person, text);
  await enter(shop, await store(shop, event));
  await within(shop, () => t.get(Ledger).openWindows([{ identityId: person.identityId, platform: 'wechat_mini_program', action: 'message', at: new Date(event.at), sourceKey: event.dedupKey }]));
  const { items } = await list(shop);
  return items.find((one) => one.customerId === person.customerId)!.id;
}

describe('conversations', () => {
  it('holds what a customer wrote once, however often and in whatever order it is told', async () => {
    const shop = await aShop(t, simulator, 2, 0);
    const [anna, ben] = shop.people as [ShopPerson, ShopPerson];
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    const ids = await store(shop, wrote(anna, '还有蛋糕吗', ago(30)), wrote(ben, '几点开门', ago(20)), wrote(anna, '在吗', ago(60)));
    await Promise.all(Array.from({ length: 50 }, (_, i) => enter(shop, i % 2 === 0 ? ids : ids.toReversed())));
    const { items } = await list(shop);
    expect(items.map((one) => [one.customerId, one.lastText, one.unread])).toEqual([[ben.customerId, '几点开门', 1], [anna.customerId, '还有蛋糕吗', 2]]);
    expect((await thread(shop, items[1]!.id)).map((line) => line.text)).toEqual(['还有蛋糕吗', '在吗']);
    expect(await within(shop, () => t.get(ConversationsService).unread())).toBe(2);
    await within(shop, () => t.get(ConversationsService).markRead(items[0]!.id));
    expect((await list(shop, { filter: 'unread' })).items.map((one) => one.customerId)).toEqual([anna.customerId]);
  });

  it('shows a picture and an opened chat without a text, and reads in pages', async () => {
    const shop = await aShop(t, simulator, 1, 0);
    const [anna] = shop.people as [ShopPerson];
    await enter(shop, await store(shop, { ...wrote(anna, '', new Date(Date.now() - 5000)), kind: 'image' }, { type: 'customer.entered', externalId: anna.openid, at: new Date().toISOString(), dedupKey: newId(), sessionFrom: 'home' }));
    const [row] = (await list(shop)).items;
    expect(row).toMatchObject({ unread: 1, lastText: '' });
    expect((await thread(shop, row!.id)).map((line) => line.kind)).toEqual(['entered', 'image']);
    const first = await within(shop, () => t.get(ConversationsService).thread(row!, 1, null));
    const second = await within(shop, () => t.get(ConversationsService).thread(row!, 1, first.pageInfo.endCursor));
    expect([first, second].map(({ items, pageInfo }) => [items[0]!.kind, pageInfo.hasNextPage])).toEqual([['entered', true], ['image', false]]);
  });

  it('is searched by name literally, filtered by window and by who has it, and belongs to one merchant', async () => {
    const [shop, other] = [await aShop(t, simulator, 2, 0), await aShop(t, simulator, 1, 0)];
    const [anna, ben] = shop.people as [ShopPerson, ShopPerson];
    await t.sql(`update customers set name = '100%安' where id = $1`, [anna.customerId]);
    const id = await writes(shop, anna, '在吗');
    await enter(shop, await store(shop, wrote(ben, '你好')));
    expect((await list(shop, { search: '0%' })).items.map((one) => one.customerId)).toEqual([anna.customerId]);
    expect((await list(shop, { search: '0_' })).items).toEqual([]);
    expect((await list(shop, { filter: 'open' })).items.map((one) => one.id)).toEqual([id]);
    expect((await list(shop, { filter: 'mine' })).items).toEqual([]);
    const [account, staff] = [newId(), newId()];
    await t.sql(`insert into accounts (id, email, name, password_hash) values ($1::uuid, $1::text || '@example.com', '小李', 'x')`, [account]);
    await t.sql(`insert into staff (tenant_id, id, account_id, name, email, role) values ($1, $2, $3, '小李', 'li@example.com', 'operator')`, [shop.tenantId, staff, account]);
    expect(await within(shop, () => t.get(ConversationsService).assign(id, staff))).toMatchObject({ assigneeId: staff, assigneeName: '小李' });
    expect((await t.as(shop.tenantId, () => t.get(ConversationsService).list({ filter: 'mine' }), { kind: 'staff', id: staff })).items.map((one) => one.id)).toEqual([id]);
    await expect(within(other, () => t.get(ConversationsService).get(id))).rejects.toMatchObject({ kind: 'not_found' });
    await expect(within(other, () => t.get(ConversationsService).assign(id, null))).rejects.toMatchObject({ kind: 'not_found' });
    await expect(reply(other, id, '你好')).rejects.toMatchObject({ kind: 'not_found' });
    expect((await list(other)).items).toEqual([]);
  });

  it('shows what a campaign sent into the window, with the person’s own values', async () => {
    const shop = await aShop(t, simulator, 1, 0);
    const [anna] = shop.people as [ShopPerson];
    await t.sql(`update customers set name = '安安' where id = $1`, [anna.customerId]);
    const id = await writes(shop, anna, '在吗');
    const spec = shopSpec(shop, { contents: [{ kind: 'window', channelId: shop.channelId, text: '{{customer.name}}，新品到店' }] });
    await within(shop, async () => {
      await t.get(Dispatches).open(spec);
      await t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] } });
      await t.get(Dispatches).start(spec.dispatchId);
      await t.get(Dispatcher).run(shop.channelId);
    });
    await reply(shop, id, '欢迎来店里');
    expect((await thread(shop, id)).map((line) => [line.by, line.text, line.state])).toEqual([['staff', '欢迎来店里', 'sent'], ['campaign', '安安，新品到店', 'sent'], ['customer', '在吗', null]]);
    expect(await within(shop, () => t.get(ConversationsService).get(id))).toMatchObject({ window: { state: 'open', sendsLeft: 3 } });
  });
});

describe('replies', () => {
  it('sends once for 50 calls with one key', async () => {
    const shop = await aShop(t, simulator, 1, 0);
    const [anna] = shop.people as [ShopPerson];
    const id = await writes(shop, anna, '还有蛋糕吗');
    const answers = await Promise.all(Array.from({ length: 50 }, () => reply(shop, id, '有的，今天现烤', 'one-key-for-all')));
    expect(new Set(answers.map((one) => ('id' in one ? one.id : one.code))).size).toBe(1);
    expect((await received(anna, shop)).map((line) => line.text)).toEqual(['有的，今天现烤']);
    expect(await within(shop, () => t.get(ConversationsService).get(id))).toMatchObject({ unread: 0, lastBy: 'staff', lastText: '有的，今天现烤', window: { state: 'open', sendsLeft: 4 } });
    expect(await balance(shop)).toMatchObject({ offBalance: 0 });
  });

  it('lets exactly one of 50 have the last send of a window', async () => {
    const shop = await aShop(t, simulator, 1, 0);
    const [anna] = shop.people as [ShopPerson];
    const id = await writes(shop, anna, '在吗');
    for (let i = 0; i < 4; i += 1) expect(isRefusal(await reply(shop, id, `第${i}句`))).toBe(false);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => reply(shop, id, `最后一句 ${i}`)));
    expect(answers.filter((one) => !isRefusal(one))).toHaveLength(1);
    expect(new Set(answers.filter(isRefusal).map((one) => one.code))).toEqual(new Set(['window_used_up']));
    expect(await received(anna, shop)).toHaveLength(5);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, drift: 0, remaining: 0 });
  });

  it('refuses when the window is over, the person withdrew or the channel rests, and takes nothing for it', async () => {
    const shop = await aShop(t, simulator, 1, 0);
    const [anna] = shop.people as [ShopPerson];
    const id = await writes(shop, anna, '在吗');
    t.clock.set(new Date(Date.now() + 49 * 3_600_000));
    expect(await reply(shop, id, '晚了')).toMatchObject({ code: 'window_closed' });
    t.clock.set(undefined);
    await t.sql(`update channels set status = 'paused' where id = $1`, [shop.channelId]);
    expect(await reply(shop, id, '停了')).toMatchObject({ code: 'channel_not_live' });
    await t.sql(`update channels set status = 'live' where id = $1`, [shop.channelId]);
    await t.sql('update identities set revoked_at = now() where id = $1', [anna.identityId]);
    expect(await reply(shop, id, '走了')).toMatchObject({ code: 'unknown_person' });
    await expect(reply(shop, id, '   ')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(reply(shop, id, '字'.repeat(601))).rejects.toMatchObject({ kind: 'invalid' });
    expect(await received(anna, shop)).toEqual([]);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 5 });
  });

  it('corrects the ledger when the platform knows better', async () => {
    const shop = await aShop(t, simulator, 1, 0);
    const [anna] = shop.people as [ShopPerson];
    const event = wrote(anna, '在吗'); // the platform never saw it
    await enter(shop, await store(shop, event));
    await within(shop, () => t.get(Ledger).openWindows([{ identityId: anna.identityId, platform: 'wechat_mini_program', action: 'message', at: new Date(event.at), sourceKey: event.dedupKey }]));
    const [row] = (await list(shop)).items;
    expect(await reply(shop, row!.id, '你好')).toMatchObject({ code: 'window_closed', details: { platformCode: 45015 } });
    expect((await thread(shop, row!.id))[0]).toMatchObject({ by: 'staff', state: 'refused', reason: 'window_closed' });
    expect(await reply(shop, row!.id, '你好')).toMatchObject({ code: 'window_used_up' });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, drift: 1, remaining: 0 });
  });

  it('gives the send back when the platform is busy, and keeps it when nobody knows', async () => {
    const shop = await aShop(t, simulator, 1, 0);
    const [anna] = shop.people as [ShopPerson];
    const id = await writes(shop, anna, '在吗');
    const fault = (more: Record<string, unknown>) => simulator.call('POST', '/sim/faults', { path: '/cgi-bin/message/custom/send', appid: shop.appId, ...more });
    await fault({ kind: 'errcode', errcode: -1 });
    expect(await reply(shop, id, '一', 'busy-key-1')).toMatchObject({ __typename: 'Refusal' });
    expect(await reply(shop, id, '一', 'busy-key-1')).toMatchObject({ __typename: 'Refusal' }); // the same answer, and no second try
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 5 });
    await t.sql(`update messages set state = 'sending', lease_until = now() - interval '1 second' where tenant_id = $1`, [shop.tenantId]); // the process died in between
    await t.sql('update permits set remaining = 4 where identity_id = $1', [anna.identityId]);
    await within(shop, () => t.get(SweepService).run());
    expect(await reply(shop, id, '一', 'busy-key-1')).toMatchObject({ state: 'unknown' });
    expect(await received(anna, shop)).toEqual([]);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 4 });
  });
});
