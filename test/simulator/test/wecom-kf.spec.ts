import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, type Answer } from './support/client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { CorpClient, demoCorp, events } from './support/wecom.ts';

const { corpid } = demoCorp;
const HOUR = 3600_000;
let simulator: Simulator;
let client: Client;
let corp: CorpClient;
let merchant: Receiver;
let openKfid: string;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Client(simulator.url);
  corp = new CorpClient(client);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  merchant = await startReceiver();
  await client.post('/sim/reset');
  await client.post('/sim/people', { count: 3 });
  // The own app gets contacts' events, a second one those of customer service.
  await corp.setUp({ events: ['contact'], apps: [{ agentid: 7, secret: 'kf-secret', callbackUrl: merchant.url, token: demoCorp.token, aesKey: demoCorp.aesKey, events: ['kf'] }] });
  corp.secret = 'kf-secret';
  openKfid = String((await corp.call('kf/account/add', { name: '小店客服', media_id: '' }))['open_kfid']);
});
afterEach(() => merchant.close());

interface Row {
  msgid: string;
  origin: number;
  msgtype: string;
  external_userid?: string;
  text?: { content: string };
  event?: Record<string, string | number>;
}

const say = (person: string, text: string): Promise<Answer> => corp.person(person, 'kf/say', { openKfid, text });

async function sync(cursor = '', limit = 1000): Promise<{ rows: Row[]; cursor: string; more: unknown }> {
  const [push] = await events(client, merchant);
  const answer = await corp.call('kf/sync_msg', { open_kfid: openKfid, cursor, limit, token: push?.['Token'] ?? '' });
  return { rows: answer['msg_list'] as Row[], cursor: String(answer['next_cursor']), more: answer['has_more'] };
}

function send(touser: unknown, more: object = {}): Promise<Answer> {
  return corp.call('kf/send_msg', { touser, open_kfid: openKfid, msgtype: 'text', text: { content: '您好' }, ...more });
}

test('a push only says that there is something to read; the cursor goes on', async () => {
  const first = await say('p1', '在吗');
  const pushes = await events(client, merchant);
  expect(pushes).toMatchObject([{ ToUserName: corpid, MsgType: 'event', Event: 'kf_msg_or_event', OpenKfId: openKfid, Token: expect.any(String) }]);
  expect(pushes[0]).not.toHaveProperty('FromUserName');
  await say('p1', '有人吗');
  await say('p2', '你好');
  const one = await sync('', 2);
  expect(one.rows).toMatchObject([{ msgid: first['msgid'], origin: 3, msgtype: 'text', external_userid: first['externalUserid'], text: { content: '在吗' } }, { text: { content: '有人吗' } }]);
  expect(one.more).toBe(1);
  const two = await sync(one.cursor);
  expect([two.rows.length, two.more]).toEqual([1, 0]);
  expect((await sync(two.cursor)).rows).toEqual([]);
  expect(await corp.call('kf/sync_msg', { open_kfid: openKfid, cursor: 'bad' })).toMatchObject({ errcode: 50100 });
  expect(await corp.call('kf/sync_msg', { open_kfid: 'wk0' })).toMatchObject({ errcode: 95004 });
});

test('reading without a token is limited, and what is older than three days is left out', async () => {
  await say('p1', '在吗');
  await client.post('/sim/clock', { advanceMs: 73 * HOUR });
  expect(await corp.call('kf/sync_msg', { open_kfid: openKfid })).toMatchObject({ errcode: 0, msg_list: [], has_more: 0 });
  for (let i = 0; i < 9; i += 1) await corp.call('kf/sync_msg', { open_kfid: openKfid });
  expect(await corp.call('kf/sync_msg', { open_kfid: openKfid })).toMatchObject({ errcode: 45009 });
});

test('five answers in 48 hours, afresh with each message of the person', async () => {
  const { externalUserid } = await say('p1', '在吗');
  for (let i = 0; i < 5; i += 1) expect(await send(externalUserid, { msgid: `m-${i}` })).toMatchObject({ errcode: 0, msgid: `m-${i}` });
  expect(await send(externalUserid)).toMatchObject({ errcode: 95001 });
  await say('p1', '还在吗');
  expect(await send(externalUserid, { msgid: 'm-1' })).toMatchObject({ errcode: 40058 });
  expect(await send(externalUserid)).toMatchObject({ errcode: 0 });
  await client.post('/sim/clock', { advanceMs: 48 * HOUR + 1000 });
  expect(await send(externalUserid)).toMatchObject({ errcode: 95002 });
  expect(await send('wmNobody')).toMatchObject({ errcode: 40096 });
  const { lines } = await client.get(`/sim/people/p1/kf/chat?corpid=${corpid}&openKfid=${openKfid}`);
  expect((lines as { from: string }[]).filter((line) => line.from === 'servicer')).toHaveLength(6);
  expect(await client.get(`/sim/corps/${corpid}/stats`)).toMatchObject({ received: { kf: 6 } });
});

test('a link carries its scene, and its visitor is welcomed once in 20 seconds', async () => {
  const { url } = await corp.call('kf/add_contact_way', { open_kfid: openKfid, scene: 'store_9' });
  const entered = await client.post('/sim/people/p1/kf/enter', { url: `${String(url)}&scene_param=t7` });
  const { rows } = await sync();
  expect(rows).toMatchObject([{ origin: 4, msgtype: 'event', event: { event_type: 'enter_session', scene: 'store_9', scene_param: 't7', external_userid: entered['externalUserid'], welcome_code: entered['welcomeCode'] } }]);
  const welcome = (more: object = {}): Promise<Answer> => corp.call('kf/send_msg_on_event', { code: entered['welcomeCode'], msgtype: 'text', text: { content: '欢迎' }, ...more });
  expect(await send(entered['externalUserid'])).toMatchObject({ errcode: 95002 });
  expect(await welcome({ msgtype: 'image' })).toMatchObject({ errcode: 40008 });
  expect(await welcome()).toMatchObject({ errcode: 0 });
  expect(await welcome()).toMatchObject({ errcode: 95007 });
  expect(await corp.person('p1', 'kf/enter', { openKfid })).toMatchObject({ welcomeCode: '' });
  const late = await corp.person('p2', 'kf/enter', { openKfid });
  await client.post('/sim/clock', { advanceMs: 20_001 });
  expect(await corp.call('kf/send_msg_on_event', { code: late['welcomeCode'], msgtype: 'text', text: { content: '欢迎' } })).toMatchObject({ errcode: 95007 });
});

test('who has the session decides who may write', async () => {
  const { externalUserid } = await say('p1', '在吗');
  const who = { open_kfid: openKfid, external_userid: externalUserid };
  expect(await corp.call('kf/service_state/trans', { ...who, service_state: 3, servicer_userid: 'lisi' })).toMatchObject({ errcode: 95014 });
  await corp.call('kf/servicer/add', { open_kfid: openKfid, userid_list: ['lisi'] });
  const pool = await corp.call('kf/service_state/trans', { ...who, service_state: 2 });
  expect(await corp.call('kf/send_msg_on_event', { code: pool['msg_code'], msgtype: 'text', text: { content: '请稍候' } })).toMatchObject({ errcode: 0 });
  expect(await send(externalUserid)).toMatchObject({ errcode: 95018 });
  await corp.call('kf/service_state/trans', { ...who, service_state: 3, servicer_userid: 'lisi' });
  expect(await corp.call('kf/service_state/get', who)).toMatchObject({ service_state: 3, servicer_userid: 'lisi' });
  await client.post(`/sim/corps/${corpid}/kf/${openKfid}/say`, { person: 'p1', userid: 'lisi', text: '我来了' });
  await client.post(`/sim/corps/${corpid}/kf/${openKfid}/end`, { person: 'p1' });
  const { rows } = await sync();
  expect(rows.map((row) => row.event?.['event_type'] ?? row.origin)).toEqual([3, 5, 'session_status_change']);
  expect(await send(externalUserid)).toMatchObject({ errcode: 95013 });
  expect(await corp.call('kf/service_state/trans', { ...who, service_state: 1 })).toMatchObject({ errcode: 95016 });
  await say('p1', '再问一下');
  expect(await send(externalUserid)).toMatchObject({ errcode: 0 });
});

test('a refused message is accepted and told afterwards', async () => {
  const { externalUserid } = await say('p1', '在吗');
  await corp.person('p1', 'kf/refuse', { openKfid, refuse: true });
  const { msgid } = await send(externalUserid);
  const { rows } = await sync();
  expect(rows.at(-1)).toMatchObject({ event: { event_type: 'msg_send_fail', fail_msgid: msgid, fail_type: 10 } });
});

test('visitors of the last 48 hours and their unionid', async () => {
  const { externalUserid } = await say('p1', '在吗');
  const { unionid } = await client.get('/sim/people/p1');
  const ask = (): Promise<Answer> => corp.call('kf/customer/batchget', { external_userid_list: [externalUserid, 'wm0'] });
  expect(await ask()).toMatchObject({ customer_list: [{ external_userid: externalUserid, unionid }], invalid_external_userid: ['wm0'] });
  await client.post('/sim/clock', { advanceMs: 49 * HOUR });
  expect(await ask()).toMatchObject({ customer_list: [], invalid_external_userid: [externalUserid, 'wm0'] });
});
