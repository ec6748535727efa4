import { XMLParser } from 'fast-xml-parser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decryptMessage, signatureOf } from '../src/callback-crypto.ts';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, demoApp } from './support/client.ts';
import { startReceiver, type ReceivedPush, type Receiver } from './support/receiver.ts';

let simulator: Simulator;
let client: Client;
let merchant: Receiver;
let openid: string;
const { appid, token, aesKey } = demoApp;
const xml = new XMLParser({ parseTagValue: false });

beforeAll(async () => {
  simulator = await startSimulator({ callbackTimeoutMs: 300, callbackRetryMs: 30, callbackConcurrency: 8 });
  client = new Client(simulator.url);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  merchant = await startReceiver();
  await client.post('/sim/reset');
  await setUp();
  await client.post('/sim/people', { count: 40 });
  openid = String((await client.post('/sim/people/p1/login', { appid }))['openid']);
});
afterEach(() => merchant.close());

function setUp(change: object = {}): Promise<unknown> {
  return client.post('/sim/apps', { ...demoApp, callbackUrl: merchant.url, ...change });
}

async function pushes(): Promise<ReceivedPush[]> {
  expect(await client.get('/sim/idle?timeoutMs=8000')).toMatchObject({ idle: true });
  return merchant.pushes;
}

async function onlyPush(): Promise<ReceivedPush> {
  const [push, ...more] = await pushes();
  expect(more).toEqual([]);
  if (!push) throw new Error('nothing was pushed');
  return push;
}

function signed(push: ReceivedPush): boolean {
  const { query } = push;
  return query.get('signature') === signatureOf(token, query.get('timestamp') ?? '', query.get('nonce') ?? '');
}

/** Checks the message signature and opens the body of a compat or secure push. */
function open(push: ReceivedPush, encrypt: string): string {
  const { query } = push;
  expect(query.get('encrypt_type')).toBe('aes');
  expect(query.get('msg_signature')).toBe(signatureOf(token, query.get('timestamp') ?? '', query.get('nonce') ?? '', encrypt));
  const opened = decryptMessage(aesKey, encrypt);
  expect(opened.id).toBe(appid);
  return opened.text;
}

async function counts(): Promise<unknown> {
  return (await client.get(`/sim/stats?appid=${appid}`))['callbacks'];
}

describe('bodies', () => {
  test('plain JSON: one entry is an object, several are an array, numbers are texts', async () => {
    await client.accept('p1');
    const one = await onlyPush();
    expect(signed(one)).toBe(true);
    expect(one.query.get('openid')).toBe(openid);
    expect(one.query.has('msg_signature')).toBe(false);
    expect(JSON.parse(one.body)).toEqual({
      ToUserName: 'gh_demo',
      FromUserName: openid,
      CreateTime: expect.stringMatching(/^\d{10}$/),
      MsgType: 'event',
      Event: 'subscribe_msg_popup_event',
      List: { TemplateId: 'T_EXPIRE', SubscribeStatusString: 'accept', PopupScene: '0' },
    });
    merchant.pushes.length = 0;
    await client.post('/sim/people/p1/prompt', { appid, templateIds: ['T_EXPIRE', 'T_POINTS'], answers: { T_EXPIRE: 'accept' } });
    expect(JSON.parse((await onlyPush()).body)['List']).toMatchObject([
      { TemplateId: 'T_EXPIRE', SubscribeStatusString: 'accept' },
      { TemplateId: 'T_POINTS', SubscribeStatusString: 'reject' },
    ]);
  });

  test('numbers in JSON can be numbers', async () => {
    await setUp({ jsonNumbers: 'number' });
    await client.accept('p1');
    expect(JSON.parse((await onlyPush()).body)).toMatchObject({ CreateTime: expect.any(Number), List: { PopupScene: 0 } });
  });

  test('plain XML wraps the list', async () => {
    await setUp({ format: 'xml' });
    await client.post('/sim/people/p1/prompt', { appid, templateIds: ['T_EXPIRE', 'T_POINTS'], answers: { T_POINTS: 'accept' } });
    const push = await onlyPush();
    expect(signed(push)).toBe(true);
    expect(xml.parse(push.body)).toMatchObject({
      xml: {
        ToUserName: 'gh_demo',
        FromUserName: openid,
        Event: 'subscribe_msg_popup_event',
        SubscribeMsgPopupEvent: { List: [{ TemplateId: 'T_EXPIRE', SubscribeStatusString: 'reject', PopupScene: '0' }, { TemplateId: 'T_POINTS' }] },
      },
    });
  });

  test('secure JSON holds nothing but the receiver and the cipher text', async () => {
    await setUp({ mode: 'secure' });
    await client.post('/sim/people/p1/say', { appid, text: '在吗' });
    const push = await onlyPush();
    const outer = JSON.parse(push.body) as Record<string, string>;
    expect(Object.keys(outer)).toEqual(['ToUserName', 'Encrypt']);
    const inner = open(push, outer['Encrypt'] ?? '');
    expect(JSON.parse(inner)).toMatchObject({ MsgType: 'text', Content: '在吗', FromUserName: openid, CreateTime: expect.any(Number) });
    const id = /"MsgId":(\d+)/.exec(inner)?.[1] ?? '';
    expect(BigInt(id) > BigInt(Number.MAX_SAFE_INTEGER) && BigInt(id) < 2n ** 63n).toBe(true);
  });

  test('secure and compat XML', async () => {
    await setUp({ mode: 'secure', format: 'xml' });
    await client.post('/sim/people/p1/enter', { appid, sessionFrom: 'shop=1&x=<2>' });
    const secure = await onlyPush();
    const outer = (xml.parse(secure.body) as { xml: Record<string, string> }).xml;
    expect(Object.keys(outer)).toEqual(['ToUserName', 'Encrypt']);
    expect(xml.parse(open(secure, outer['Encrypt'] ?? ''))).toMatchObject({ xml: { Event: 'user_enter_tempsession', SessionFrom: 'shop=1&x=<2>' } });
    merchant.pushes.length = 0;
    await setUp({ mode: 'compat', format: 'xml' });
    await client.post('/sim/people/p1/say', { appid, text: '您好' });
    const compat = await onlyPush();
    const both = (xml.parse(compat.body) as { xml: Record<string, string> }).xml;
    expect(both['Content']).toBe('您好');
    expect(open(compat, both['Encrypt'] ?? '')).toContain('您好');
  });

  test('only a refusal in the settings is told', async () => {
    await client.post('/sim/people/p1/settings', { appid, templateId: 'T_EXPIRE', status: 'accept' });
    await client.post('/sim/people/p1/settings', { appid, templateId: 'T_EXPIRE', status: 'reject' });
    expect(JSON.parse((await onlyPush()).body)).toMatchObject({
      Event: 'subscribe_msg_change_event',
      List: { TemplateId: 'T_EXPIRE', SubscribeStatusString: 'reject' },
    });
  });

  test('a send is reported with the id the call answered', async () => {
    await client.accept('p1');
    await pushes();
    merchant.pushes.length = 0;
    const url = `${simulator.url}/cgi-bin/message/subscribe/send?access_token=${await client.token()}`;
    const body = { touser: openid, template_id: 'T_EXPIRE', data: { thing1: { value: '券' }, time2: { value: '12:00' } } };
    const answer = await (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).text();
    const event = JSON.parse((await onlyPush()).body) as { Event: string; List: Record<string, string> };
    expect(event).toMatchObject({ Event: 'subscribe_msg_sent_event', List: { TemplateId: 'T_EXPIRE', ErrorCode: '0', ErrorStatus: 'success' } });
    expect(answer).toContain(`"msgid":${event.List['MsgID']}`);
  });

  test('two prompts of one person never share a second', async () => {
    await Promise.all([client.accept('p1'), client.accept('p1'), client.accept('p1')]);
    const seconds = (await pushes()).map((push) => (JSON.parse(push.body) as { CreateTime: string }).CreateTime);
    expect(new Set(seconds).size).toBe(3);
  });
});

describe('delivery', () => {
  test('the address can be checked with an echostr', async () => {
    expect(await client.post(`/sim/apps/${appid}/verify`)).toMatchObject({ ok: true, status: 200 });
    expect(signed(await onlyPush())).toBe(true);
    await setUp({ callbackUrl: 'http://127.0.0.1:1/none' });
    expect(await client.post(`/sim/apps/${appid}/verify`)).toMatchObject({ ok: false });
  });

  test('is tried three times in all, each attempt signed anew', async () => {
    merchant.replies.push(500, 'hang', 'garbage');
    await client.post('/sim/people/p1/say', { appid, text: '在吗' });
    const attempts = await pushes();
    expect(attempts).toHaveLength(3);
    expect(attempts.every(signed)).toBe(true);
    expect(new Set(attempts.map((push) => push.query.get('nonce'))).size).toBe(3);
    expect(new Set(attempts.map((push) => push.body)).size).toBe(1);
    expect(await counts()).toEqual({ sent: 1, acked: 0, failed: 1, dropped: 0, attempts: 3 });
    const { lines } = await client.get(`/sim/people/p1/chat?appid=${appid}`);
    expect(lines).toMatchObject([{ from: 'me' }, { from: 'system' }]);
  });

  test('an empty answer and a late success acknowledge', async () => {
    merchant.replies.push(503, '');
    await client.accept('p1');
    expect(await pushes()).toHaveLength(2);
    expect(await counts()).toEqual({ sent: 1, acked: 1, failed: 0, dropped: 0, attempts: 2 });
  });

  test('runs up to its limit at once and loses nothing', async () => {
    merchant.delayMs = 20;
    await Promise.all(Array.from({ length: 40 }, (_none, i) => client.accept(`p${i + 1}`)));
    expect(await pushes()).toHaveLength(40);
    expect(merchant.mostAtOnce).toBeLessThanOrEqual(8);
    expect(merchant.mostAtOnce).toBeGreaterThan(1);
    expect(await counts()).toMatchObject({ sent: 40, acked: 40 });
  });

  test('can be lost, doubled and late', async () => {
    await client.post('/sim/faults', { path: 'subscribe_msg_popup_event', kind: 'drop_callback', times: 1 });
    await client.accept('p1');
    expect(await pushes()).toHaveLength(0);
    await client.post('/sim/faults', { path: 'subscribe_msg_popup_event', kind: 'double_callback', times: 1 });
    await client.accept('p1');
    const [first, second, ...more] = await pushes();
    expect(more).toEqual([]);
    expect(second?.body).toBe(first?.body);
    await client.post('/sim/faults', { path: 'text', kind: 'late_callback', times: 1, delayMs: 250 });
    const asked = Date.now();
    await client.post('/sim/people/p1/say', { appid, text: '晚到' });
    const late = (await pushes()).at(-1);
    expect((late?.at ?? 0) - asked).toBeGreaterThanOrEqual(245);
    expect(await counts()).toMatchObject({ dropped: 1, sent: 2, acked: 2 });
  });
});
