import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../../core/log.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { createHttpApp } from '../../../http-app.js';
import type { CallbackFormat, CallbackMode } from '../adapter.js';
import { encrypt, openAesKey, sign } from '../adapters/wechat/wechat.crypto.js';
import { aMerchant, somePeople, TEMPLATE, type Merchant } from '../testing/merchant.fixture.js';
import { InboundEvents } from './inbound-events.service.js';
import { InboundService } from './inbound.service.js';
import { RejectionCounter } from './rejection-counter.service.js';

let simulator: SimulatorProcess;
let t: TestApp;
let http: NestFastifyApplication;
let origin: string;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url });
  http = await createHttpApp(t.config, createLog('silent', 'http'));
  await http.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(http.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

async function aConnected(how: { mode?: CallbackMode; format?: CallbackFormat } = {}): Promise<Merchant & { address: string }> {
  const merchant = await aMerchant(t, simulator, how);
  const address = `${origin}/hooks/wechat/${merchant.channelId}`;
  await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { callbackUrl: address });
  return { ...merchant, address };
}

const idle = (): Promise<unknown> => simulator.call('GET', '/sim/idle?timeoutMs=20000');
const inbound = (merchant: Merchant) => t.sql<{ id: string; body: string; processed_at: Date | null; failure: string | null }>('select * from inbound where channel_id = $1 order by id', [merchant.channelId]);
const said = (merchant: Merchant, msgId: string, text = '你好'): string =>
  JSON.stringify({ ToUserName: `gh_${merchant.appId}`, FromUserName: 'oUser1', CreateTime: 1760000001, MsgType: 'text', Content: text, MsgId: msgId });

/** A genuine secure-mode callback, sealed anew at every call as the platform does. */
function sealed(merchant: Merchant, body: string, seconds = Math.floor(Date.now() / 1000)): { query: Record<string, string>; body: string } {
  const timestamp = String(seconds);
  const nonce = String(Math.floor(Math.random() * 2 ** 31));
  const part = encrypt(openAesKey(merchant.aesKey) ?? Buffer.alloc(0), body, merchant.appId);
  return { query: { timestamp, nonce, encrypt_type: 'aes', msg_signature: sign(merchant.token, timestamp, nonce, part) }, body: JSON.stringify({ ToUserName: `gh_${merchant.appId}`, Encrypt: part }) };
}

async function post(address: string, { query, body }: { query: Record<string, string>; body: string }): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${address}?${new URLSearchParams(query).toString()}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { status: answer.status, text: await answer.text() };
}

describe.each<[CallbackMode, CallbackFormat]>([['plain', 'json'], ['plain', 'xml'], ['compat', 'json'], ['compat', 'xml'], ['secure', 'json'], ['secure', 'xml']])('callbacks in %s mode, %s', (mode, format) => {
  it('verify the address, are stored, and come out as events', async () => {
    const merchant = await aConnected({ mode, format });
    expect(await simulator.call('POST', `/sim/apps/${merchant.appId}/verify`)).toMatchObject({ ok: true });
    const [person] = await somePeople(simulator, merchant.appId, 1);
    await simulator.call('POST', `/sim/people/${person?.id}/prompt`, { appid: merchant.appId, templateIds: [TEMPLATE.priTmplId], answers: { [TEMPLATE.priTmplId]: 'accept' } });
    await simulator.call('POST', `/sim/people/${person?.id}/say`, { appid: merchant.appId, text: '<在吗> & "好"' });
    await simulator.call('POST', `/sim/people/${person?.id}/enter`, { appid: merchant.appId, sessionFrom: 'shop=12&src=coupon' });
    await idle();
    const stored = await inbound(merchant);
    expect(stored).toHaveLength(3);
    await t.as(merchant.tenantId, () => t.runJobs());
    const events = await t.as(merchant.tenantId, () => t.get(InboundEvents).load(merchant.channelId, stored.map((one) => one.id)));
    expect(events.map((event) => event.type).toSorted()).toEqual(['customer.entered', 'customer.wrote', 'subscription.answered']);
    expect(events.find((event) => event.type === 'customer.wrote')).toMatchObject({ externalId: person?.openid, text: '<在吗> & "好"' });
    expect(events.find((event) => event.type === 'subscription.answered')).toMatchObject({ templateExternalId: TEMPLATE.priTmplId, status: 'accept' });
    expect(events.find((event) => event.type === 'customer.entered')).toMatchObject({ sessionFrom: 'shop=12&src=coupon' });
  });
});

describe('one callback, many times', () => {
  it('is stored once when 50 copies arrive at once, and each is acknowledged', async () => {
    const merchant = await aConnected();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(merchant.address, sealed(merchant, said(merchant, '7283946501234567891')))));
    expect(answers.every((answer) => answer.status === 200 && answer.text === 'success')).toBe(true);
    expect(await inbound(merchant)).toHaveLength(1);
    await t.runJobs();
    expect((await inbound(merchant))[0]?.processed_at).toBeInstanceOf(Date);
  });

  it('is stored once when the platform delivers it twice', async () => {
    const merchant = await aConnected();
    const [person] = await somePeople(simulator, merchant.appId, 1);
    await simulator.call('POST', '/sim/faults', { id: 'twice', path: 'text', appid: merchant.appId, kind: 'double_callback' });
    await simulator.call('POST', `/sim/people/${person?.id}/say`, { appid: merchant.appId, text: '在吗' });
    await idle();
    await simulator.call('DELETE', '/sim/faults?id=twice');
    expect(await inbound(merchant)).toHaveLength(1);
  });

  it('keeps 300 different ones that arrive at once, ids of 64 bits apart by one', async () => {
    const merchant = await aConnected();
    const first = 7_283_946_501_234_567_000n;
    const answers = await Promise.all(Array.from({ length: 300 }, (_, at) => {
      const body = said(merchant, 'ID').replace('"ID"', String(first + BigInt(at))); // a bare number beyond 2^53
      return post(merchant.address, sealed(merchant, body));
    }));
    expect(answers.every((answer) => answer.text === 'success')).toBe(true);
    expect(await inbound(merchant)).toHaveLength(300);
  });
});

describe('callbacks that are refused', () => {
  it('for a wrong signature, a tampered body, a stale time, a plain body, another app, each with its reason', async () => {
    const merchant = await aConnected();
    const stranger = await aConnected();
    const good = sealed(merchant, said(merchant, '1'));
    const now = Math.floor(Date.now() / 1000);
    const attempts: [string, { query: Record<string, string>; body: string }][] = [
      ['bad_signature', { ...good, query: { ...good.query, msg_signature: 'a'.repeat(40) } }],
      ['bad_signature', { ...good, query: { ...good.query, nonce: '1' } }],
      ['bad_signature', { ...good, body: good.body.replace(/"Encrypt":"(.)/u, (_all, one: string) => `"Encrypt":"${one === 'A' ? 'B' : 'A'}`) }],
      ['bad_signature', sealed({ ...merchant, token: 'Other1' }, said(merchant, '1'))],
      ['stale', sealed(merchant, said(merchant, '1'), now - 301)],
      ['stale', sealed(merchant, said(merchant, '1'), now + 400)],
      ['malformed', { ...good, body: said(merchant, '1') }],
      ['malformed', sealed({ ...merchant, aesKey: stranger.aesKey }, said(merchant, '1'))],
      ['malformed', sealed(merchant, JSON.stringify({ ToUserName: `gh_${merchant.appId}`, MsgType: 'text' }))],
      ['wrong_receiver', sealed({ ...merchant, appId: stranger.appId }, said(merchant, '1'))],
    ];
    for (const [reason, request] of attempts) expect(await post(merchant.address, request)).toEqual({ status: 403, text: reason });
    expect(await inbound(merchant)).toHaveLength(0);
    await http.get(RejectionCounter, { strict: false }).flush();
    const [row] = await t.sql<{ rejected_callbacks: number; last_rejection: { reason: string } }>('select rejected_callbacks, last_rejection from channels where id = $1', [merchant.channelId]);
    expect(row).toMatchObject({ rejected_callbacks: attempts.length, last_rejection: { reason: 'wrong_receiver' } });
  });

  it('for a wrong signature of the address check', async () => {
    const merchant = await aConnected();
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { token: 'Wrong1' });
    expect(await simulator.call('POST', `/sim/apps/${merchant.appId}/verify`)).toMatchObject({ ok: false, status: 403 });
  });

  it('for an unknown channel, a disconnected one, and a body above 1 MB', async () => {
    const merchant = await aConnected();
    const good = sealed(merchant, said(merchant, '1'));
    expect((await post(`${origin}/hooks/wechat/not-an-id`, good)).status).toBe(404);
    expect((await post(`${origin}/hooks/wechat/${crypto.randomUUID()}`, good)).status).toBe(404);
    expect((await post(merchant.address, { ...good, body: 'x'.repeat(1_100_000) })).status).toBe(413);
    await t.sql(`update channels set status = 'disconnected' where id = $1`, [merchant.channelId]);
    expect((await post((await aConnected()).address.replace(/[^/]+$/u, merchant.channelId), good)).status).toBe(404);
  });
});

describe('opening what was stored', () => {
  it('does the work once when the job runs twice, and does not stumble over one bad push', async () => {
    const merchant = await aConnected();
    const bad = JSON.stringify({ ToUserName: `gh_${merchant.appId}`, FromUserName: 'o1', CreateTime: 1, MsgType: 'event', Event: 'subscribe_msg_popup_event' });
    await Promise.all([post(merchant.address, sealed(merchant, bad)), post(merchant.address, sealed(merchant, said(merchant, '9')))]);
    await t.runJobs();
    const rows = await inbound(merchant);
    expect(rows.map((row) => row.failure)).toEqual(expect.arrayContaining(['no template in the list', null]));
    expect(rows).toHaveLength(2);
    const before = rows.map((row) => row.processed_at?.getTime());
    await Promise.all([1, 2].map(() => t.as(merchant.tenantId, () => t.get(InboundService).receive(rows.map((row) => row.id)))));
    expect((await inbound(merchant)).map((row) => row.processed_at?.getTime())).toEqual(before);
  });

  it('gives one tenant nothing of another', async () => {
    const merchant = await aConnected();
    const other = await aConnected();
    await post(merchant.address, sealed(merchant, said(merchant, '5')));
    await t.runJobs();
    const ids = (await inbound(merchant)).map((row) => row.id);
    expect(await t.as(merchant.tenantId, () => t.get(InboundEvents).load(merchant.channelId, ids))).toHaveLength(1);
    expect(await t.as(other.tenantId, () => t.get(InboundEvents).load(merchant.channelId, ids))).toHaveLength(0);
  });
});
