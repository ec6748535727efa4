import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import type { SendRequest, SendResult } from '../adapter.js';
import { aMerchant, somePeople, TEMPLATE, type Merchant, type Person } from '../testing/merchant.fixture.js';
import { ChannelSender } from './channel-sender.service.js';

let simulator: SimulatorProcess;
let t: TestApp;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url });
});
beforeEach(() => simulator.call('DELETE', '/sim/faults'));
afterAll(async () => {
  await t?.stop();
  await simulator?.stop();
});

const SEND = '/cgi-bin/message/subscribe/send';
const to = (person: Person | undefined, data: Record<string, string> = { thing1: '满 50 减 10 券', time2: '2026年12月1日 18:00' }): SendRequest =>
  ({ kind: 'subscription', to: person?.openid ?? '', templateExternalId: TEMPLATE.priTmplId, data, page: 'pages/offer/index?o=1&m=2' });
const send = (merchant: Merchant, request: SendRequest): Promise<SendResult> => t.as(merchant.tenantId, () => t.get(ChannelSender).send(merchant.channelId, request));
const sendMany = (merchant: Merchant, requests: SendRequest[], concurrency?: number): Promise<SendResult[]> =>
  t.as(merchant.tenantId, () => t.get(ChannelSender).sendMany(merchant.channelId, requests, concurrency));
const stats = (merchant: Merchant) =>
  simulator.call<{ calls: Record<string, number>; received: { subscribe: number; custom: number }; people: { mostSubscribe: number }; tokens: { issued: number } }>('GET', `/sim/stats?appid=${merchant.appId}&people=0`);

/** People who accepted the reminder once. */
async function subscribers(merchant: Merchant, count: number): Promise<Person[]> {
  const people = await somePeople(simulator, merchant.appId, count);
  await simulator.call('POST', `/sim/apps/${merchant.appId}/grants`, { templateId: TEMPLATE.priTmplId, people: people.map((person) => person.id) });
  return people;
}
const fault = (merchant: Merchant, kind: string, more: object = {}): Promise<unknown> => simulator.call('POST', '/sim/faults', { path: SEND, appid: merchant.appId, kind, ...more });

describe('sending', () => {
  it('reaches each person once, in the order of the requests', async () => {
    const merchant = await aMerchant(t, simulator);
    const people = await subscribers(merchant, 40);
    const [stranger] = await somePeople(simulator, merchant.appId, 1);
    const results = await sendMany(merchant, [...people.map((person) => to(person)), to(stranger)]);
    expect(results.slice(0, 40).every((result) => result.outcome === 'accepted' && /^\d{19}$/u.test(result.platformId ?? ''))).toBe(true);
    expect(results[40]).toMatchObject({ outcome: 'refused', reason: 'no_permit', code: 43101 });
    expect(await stats(merchant)).toMatchObject({ received: { subscribe: 40 }, people: { mostSubscribe: 1 } });
  });

  it('tells which field breaks its rule', async () => {
    const merchant = await aMerchant(t, simulator);
    const [person] = await subscribers(merchant, 1);
    expect(await send(merchant, to(person, { thing1: '券'.repeat(21), time2: '18:00' }))).toMatchObject({ outcome: 'refused', reason: 'content', field: 'thing1', problem: 'content_rule' });
  });

  it('answers in an open window, and says when there is none', async () => {
    const merchant = await aMerchant(t, simulator);
    const [person] = await somePeople(simulator, merchant.appId, 1);
    const reply: SendRequest = { kind: 'window', to: person?.openid ?? '', content: { type: 'text', text: '在的，亲' } };
    expect(await send(merchant, reply)).toMatchObject({ outcome: 'refused', reason: 'window_closed' });
    await simulator.call('POST', `/sim/people/${person?.id}/say`, { appid: merchant.appId, text: '在吗' });
    expect(await send(merchant, reply)).toEqual({ outcome: 'accepted' });
  });

  it('is refused for a channel of another tenant, and inside a write', async () => {
    const merchant = await aMerchant(t, simulator);
    const stranger = await aMerchant(t, simulator);
    const [person] = await subscribers(merchant, 1);
    await expect(t.as(stranger.tenantId, () => t.get(ChannelSender).send(merchant.channelId, to(person)))).rejects.toMatchObject({ kind: 'not_found' });
    await expect(t.as(merchant.tenantId, () => t.get(TenantDb).write(() => t.get(ChannelSender).send(merchant.channelId, to(person))))).rejects.toMatchObject({ kind: 'bug' });
    expect((await stats(merchant)).received.subscribe).toBe(0);
  });
});

describe('when the platform misbehaves', () => {
  it('a dead token is replaced once for the whole wave, and nobody is missed or written to twice', async () => {
    const merchant = await aMerchant(t, simulator);
    const people = await subscribers(merchant, 60);
    await send(merchant, to(people[0]));
    const before = await stats(merchant);
    await fault(merchant, 'token_invalid', { times: 1 });
    const results = await sendMany(merchant, people.slice(1).map((person) => to(person)));
    expect(results.every((result) => result.outcome === 'accepted')).toBe(true);
    const after = await stats(merchant);
    expect(after).toMatchObject({ received: { subscribe: 60 }, people: { mostSubscribe: 1 } });
    expect(after.tokens.issued - before.tokens.issued).toBe(1);
  });

  it('busy is not sent and may be tried again', async () => {
    const merchant = await aMerchant(t, simulator);
    const [person] = await subscribers(merchant, 1);
    await fault(merchant, 'busy', { times: 1 });
    expect(await send(merchant, to(person))).toMatchObject({ outcome: 'throttled', scope: 'moment', code: -1 });
    expect(await send(merchant, to(person))).toMatchObject({ outcome: 'accepted' });
  });

  it('a cut connection after the work leaves it open whether the message was sent', async () => {
    const merchant = await aMerchant(t, simulator);
    const [person] = await subscribers(merchant, 1);
    await fault(merchant, 'hang_after', { times: 1, delayMs: 100 });
    expect(await send(merchant, to(person))).toMatchObject({ outcome: 'upstream', mayHaveBeenSent: true });
    expect((await stats(merchant)).received.subscribe).toBe(1);
  });

  it('an unreachable platform has certainly not sent', async () => {
    const merchant = await aMerchant(t, simulator);
    const lonely = await startTestApp({ WECHAT_API_BASE: 'http://127.0.0.1:9' });
    try {
      const [row] = await t.sql<Record<string, unknown>>('select * from channels where id = $1', [merchant.channelId]);
      await lonely.sql(`insert into tenants (id, slug, name) values ($1, 'lonely-shop', '孤店')`, [merchant.tenantId]);
      await lonely.sql('insert into channels (tenant_id, id, platform, name, app_id, credentials) values ($1, $2, $3, $4, $5, $6)', [merchant.tenantId, merchant.channelId, row?.['platform'], '孤店', merchant.appId, row?.['credentials']]);
      await lonely.sql('insert into channel_tokens (tenant_id, channel_id) values ($1, $2)', [merchant.tenantId, merchant.channelId]);
      const result = await lonely.as(merchant.tenantId, () => lonely.get(ChannelSender).send(merchant.channelId, to({ id: '', openid: 'o1' })));
      expect(result).toMatchObject({ outcome: 'upstream', mayHaveBeenSent: false, problem: 'platform_unreachable' });
    } finally {
      await lonely.stop();
    }
  });

  it('a used-up day stops the wave and blocks the account until the platform\'s midnight', async () => {
    const merchant = await aMerchant(t, simulator);
    const people = await subscribers(merchant, 30);
    await fault(merchant, 'quota');
    const results = await sendMany(merchant, people.map((person) => to(person)), 4);
    expect(results).toHaveLength(30);
    for (const result of results) expect(result).toMatchObject({ outcome: 'throttled', scope: 'day', code: 45009 });
    expect((await stats(merchant)).calls[SEND]).toBeLessThanOrEqual(4);
    const grant = await t.as(merchant.tenantId, () => t.get(ChannelSender).takeRate(merchant.channelId, 10));
    expect(grant).toMatchObject({ granted: 0, why: 'blocked' });
    expect(grant.retryAfterMs).toBeGreaterThan(0);
    expect(grant.retryAfterMs).toBeLessThanOrEqual(86_400_000);
  });

  it('a ban marks the channel failing with its reason', async () => {
    const merchant = await aMerchant(t, simulator);
    const [person] = await subscribers(merchant, 1);
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { subscribeBanned: true });
    expect(await send(merchant, to(person))).toMatchObject({ outcome: 'refused', reason: 'account', problem: 'subscription_banned' });
    expect(await t.sql('select status, status_reason from channels where id = $1', [merchant.channelId])).toEqual([{ status: 'failing', status_reason: 'subscription_banned' }]);
  });
});

describe('the account\'s pace', () => {
  it('never grants more than the second allows, to 50 takers at once', async () => {
    const merchant = await aMerchant(t, simulator);
    await t.sql('update channels set send_rate_per_second = 10 where id = $1', [merchant.channelId]);
    const takers = await Promise.all(Array.from({ length: 50 }, () => t.as(merchant.tenantId, () => t.get(ChannelSender).takeRate(merchant.channelId, 3))));
    const [row] = await t.sql<{ used_in_second: number; used_in_day: number }>('select used_in_second, used_in_day from channel_rates where channel_id = $1', [merchant.channelId]);
    const granted = takers.reduce((sum, taker) => sum + taker.granted, 0);
    expect(row?.used_in_day).toBe(granted); // what was handed out is what was counted, whatever second it fell in
    expect(row?.used_in_second).toBeLessThanOrEqual(10);
    expect(takers.every((taker) => taker.granted === 3 || taker.why === 'moment')).toBe(true);
  });

  it('ends with the day\'s limit exactly, to 50 takers at once, and gives back', async () => {
    const merchant = await aMerchant(t, simulator);
    await t.sql('update channels set send_rate_per_second = 10000, daily_send_limit = 100 where id = $1', [merchant.channelId]);
    const take = (count: number) => t.as(merchant.tenantId, () => t.get(ChannelSender).takeRate(merchant.channelId, count));
    const takers = await Promise.all(Array.from({ length: 50 }, () => take(3)));
    expect(takers.reduce((sum, taker) => sum + taker.granted, 0)).toBe(100);
    expect(await take(1)).toMatchObject({ granted: 0, why: 'day' });
    await t.as(merchant.tenantId, () => t.get(ChannelSender).giveBackRate(merchant.channelId, 5));
    expect(await take(9)).toMatchObject({ granted: 5, why: 'day' });
  });

  it('grants nothing for a paused channel and for another tenant\'s', async () => {
    const merchant = await aMerchant(t, simulator);
    const stranger = await aMerchant(t, simulator);
    expect(await t.as(stranger.tenantId, () => t.get(ChannelSender).takeRate(merchant.channelId, 1))).toMatchObject({ granted: 0 });
    await t.sql(`update channels set status = 'paused' where id = $1`, [merchant.channelId]);
    expect(await t.as(merchant.tenantId, () => t.get(ChannelSender).takeRate(merchant.channelId, 1))).toMatchObject({ granted: 0, why: 'paused' });
  });
});
