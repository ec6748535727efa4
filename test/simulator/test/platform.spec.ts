import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { sessionSignature } from '../src/session-crypto.ts';
import { Client, demoApp, goodData } from './support/client.ts';

let simulator: Simulator;
let client: Client;
let openid: string;
const { appid, secret } = demoApp;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Client(simulator.url);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await client.post('/sim/reset');
  await client.post('/sim/apps', demoApp);
  await client.post('/sim/people', { count: 2 });
  openid = String((await client.post('/sim/people/p1/login', { appid }))['openid']);
});

function advance(ms: number): Promise<unknown> {
  return client.post('/sim/clock', { advanceMs: ms });
}

describe('tokens', () => {
  const ask = (change: object = {}) =>
    client.post('/cgi-bin/stable_token', { grant_type: 'client_credential', appid, secret, ...change });

  test('wrong credentials have their own codes', async () => {
    expect(await ask({ appid: 'wxnone' })).toMatchObject({ errcode: 40013 });
    expect(await ask({ appid: undefined })).toMatchObject({ errcode: 41002 });
    expect(await ask({ secret: 'no' })).toMatchObject({ errcode: 40125, errmsg: expect.stringContaining('rid: ') });
    expect(await ask({ secret: undefined })).toMatchObject({ errcode: 41004 });
    expect(await ask({ grant_type: 'x' })).toMatchObject({ errcode: 40002 });
    expect(await client.get('/cgi-bin/stable_token')).toMatchObject({ errcode: 43002 });
  });

  test('a stable token is kept, forced once in 30 seconds and twenty times a day', async () => {
    const first = await ask();
    expect(first).toEqual({ access_token: expect.any(String), expires_in: 7200 });
    await advance(60_000);
    expect(await ask()).toEqual({ access_token: first['access_token'], expires_in: 7140 });
    expect((await ask({ force_refresh: true }))['access_token']).not.toBe(first['access_token']);
    expect(await client.get(`/wxaapi/newtmpl/gettemplate?access_token=${String(first['access_token'])}`)).toMatchObject({ errcode: 40001 });
    expect(await ask({ force_refresh: true })).toMatchObject({ errcode: 45011 });
    for (let i = 0; i < 19; i += 1) {
      await advance(30_000);
      expect(await ask({ force_refresh: true })).toHaveProperty('access_token');
    }
    await advance(30_000);
    expect(await ask({ force_refresh: true })).toMatchObject({ errcode: 45009 });
    expect(await client.get(`/sim/stats?appid=${appid}`)).toMatchObject({ tokens: { issued: 21 } });
  });

  test('missing, malformed, unknown, expired', async () => {
    const path = '/wxaapi/newtmpl/gettemplate';
    const token = await client.token();
    expect(await client.get(path)).toMatchObject({ errcode: 41001 });
    expect(await client.get(`${path}?access_token=short`)).toMatchObject({ errcode: 40014 });
    expect(await client.get(`${path}?access_token=${'a'.repeat(136)}`)).toMatchObject({ errcode: 40001 });
    expect(await client.get(`${path}?access_token=${token}`)).toMatchObject({ errcode: 0 });
    await advance(7_200_000);
    expect(await client.get(`${path}?access_token=${token}`)).toMatchObject({ errcode: 42001 });
  });

  test('ordinary tokens have a quota of 2000 a day', async () => {
    await client.send('PATCH', `/sim/apps/${appid}`, { limits: { daily: { '/cgi-bin/token': 2 } } });
    const url = `/cgi-bin/token?grant_type=client_credential&appid=${appid}&secret=${secret}`;
    expect(await client.get(url)).toHaveProperty('access_token');
    expect(await client.get(url)).toHaveProperty('access_token');
    expect(await client.get(url)).toMatchObject({ errcode: 45009 });
  });
});

describe('login', () => {
  const session = (code: unknown, id = appid, key = secret) =>
    client.get(`/sns/jscode2session?appid=${id}&secret=${key}&js_code=${String(code)}&grant_type=authorization_code`);

  test('a code gives openid, unionid and session key once, within five minutes', async () => {
    const { code } = await client.post('/sim/people/p1/login', { appid });
    const answer = await session(code);
    expect(answer).toMatchObject({ openid, unionid: expect.stringMatching(/^oU/), session_key: expect.any(String) });
    expect(Buffer.from(String(answer['session_key']), 'base64')).toHaveLength(16);
    expect(await session(code)).toMatchObject({ errcode: 40163 });
    expect(await session('never')).toMatchObject({ errcode: 40029 });
    const late = await client.post('/sim/people/p1/login', { appid });
    await advance(300_000);
    expect(await session(late['code'])).toMatchObject({ errcode: 40029 });
  });

  test('a code belongs to one mini program, an unbound program has no unionid', async () => {
    const other = { ...demoApp, appid: 'wxother', secret: 'other', unionBound: false };
    await client.post('/sim/apps', other);
    const mine = await client.post('/sim/people/p1/login', { appid });
    expect(await session(mine['code'], 'wxother', 'other')).toMatchObject({ errcode: 40029 });
    const theirs = await client.post('/sim/people/p1/login', { appid: 'wxother' });
    const answer = await session(theirs['code'], 'wxother', 'other');
    expect(answer).not.toHaveProperty('unionid');
    expect(answer['openid']).not.toBe(openid);
  });

  test('the session key can be checked and replaced', async () => {
    const { code } = await client.post('/sim/people/p1/login', { appid });
    const { session_key } = await session(code);
    const url = async (name: string, signature: string) =>
      `/wxa/${name}?access_token=${await client.token()}&openid=${openid}&signature=${signature}&sig_method=hmac_sha256`;
    const good = sessionSignature(String(session_key));
    expect(await client.get(await url('checksession', good))).toMatchObject({ errcode: 0 });
    expect(await client.get(await url('checksession', 'bad'))).toMatchObject({ errcode: 87009 });
    expect(await client.get(await url('resetusersessionkey', good))).toMatchObject({ errcode: 0, openid });
    expect(await client.get(await url('checksession', good))).toMatchObject({ errcode: 87009 });
  });
});

describe('subscription messages', () => {
  test('one accept is one send; accepts add up', async () => {
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 43101 });
    for (let i = 0; i < 3; i += 1) await client.accept('p1');
    const sent = [];
    for (let i = 0; i < 4; i += 1) sent.push((await client.subscribe(openid)).errcode);
    expect(sent).toEqual([0, 0, 0, 43101]);
    const { messages } = await client.get(`/sim/people/p1/inbox?appid=${appid}`);
    expect(messages).toHaveLength(3);
    expect(messages).toMatchObject([{ kind: 'subscribe', templateId: 'T_EXPIRE', page: 'pages/offer/index?o=1&m=2', data: { thing1: '满100减20券' } }, {}, {}]);
    expect(await client.get(`/sim/stats?appid=${appid}`)).toMatchObject({
      received: { subscribe: 3, custom: 0 },
      byPerson: { p1: { subscribe: 3, custom: 0 } },
      repeats: 2,
      people: { reached: 1, mostSubscribe: 3 },
      refusals: { '/cgi-bin/message/subscribe/send 43101': 2 },
    });
  });

  test('fifty sends at once on one permit deliver exactly one message', async () => {
    await client.accept('p1');
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.subscribe(openid)));
    expect(answers.filter((one) => one.errcode === 0)).toHaveLength(1);
    expect(await client.get('/sim/stats')).toMatchObject({ received: { subscribe: 1 } });
  });

  test('wrong receiver, template, values and page are refused and cost no permit', async () => {
    await client.accept('p1');
    const stranger = await client.get('/sim/people?appid=wx-another');
    const [first] = stranger['people'] as { openid: string }[];
    expect(await client.subscribe(first?.openid ?? '')).toMatchObject({ errcode: 40003 });
    expect(await client.subscribe(openid, { template_id: 'nope' })).toMatchObject({ errcode: 40037 });
    expect(await client.subscribe(openid, { data: { thing1: { value: '券' } } })).toMatchObject({
      errcode: 47003,
      errmsg: expect.stringContaining('data.time2.value'),
    });
    expect(await client.subscribe(openid, { data: { ...goodData, thing1: { value: '一'.repeat(21) } } })).toMatchObject({
      errcode: 47003,
      errmsg: expect.stringContaining('data.thing1.value'),
    });
    expect(await client.subscribe(openid, { data: { ...goodData, thing9: { value: 'x' } } })).toMatchObject({ errcode: 47003 });
    expect(await client.subscribe(openid, { page: 'https://example.com' })).toMatchObject({ errcode: 41030 });
    expect(await client.subscribe(openid, { lang: 'de' })).toMatchObject({ errcode: 40097 });
    await client.send('PATCH', `/sim/apps/${appid}`, { pages: ['pages/home/index'], limits: { forbiddenWords: ['中奖'] } });
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 41030 });
    expect(await client.subscribe(openid, { page: 'pages/home/index?a=1', data: { ...goodData, thing1: { value: '中奖了' } } })).toMatchObject({ errcode: 45168 });
    expect(await client.subscribe(openid, { page: 'pages/home/index?a=1' })).toMatchObject({ errcode: 0 });
  });

  test('a refusal kept in the settings, the main switch and a ban stop messages', async () => {
    await client.accept('p1');
    await client.post('/sim/people/p1/settings', { appid, templateId: 'T_EXPIRE', status: 'reject' });
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 43101 });
    await client.accept('p1', ['T_POINTS']);
    await client.post('/sim/people/p1/settings', { appid, mainSwitch: false });
    const points = { template_id: 'T_POINTS', data: { number1: { value: 5 }, phrase2: { value: '已到账' } } };
    expect(await client.subscribe(openid, points)).toMatchObject({ errcode: 43101 });
    await client.post('/sim/people/p1/settings', { appid, mainSwitch: true });
    await client.send('PATCH', `/sim/apps/${appid}`, { subscribeBanned: true });
    expect(await client.subscribe(openid, points)).toMatchObject({ errcode: 43107 });
    await client.send('PATCH', `/sim/apps/${appid}`, { subscribeBanned: false });
    expect(await client.subscribe(openid, points)).toMatchObject({ errcode: 0 });
  });

  test('a long-term template needs one accept only', async () => {
    await client.accept('p1', ['T_LONG']);
    const body = { template_id: 'T_LONG', data: { thing1: { value: '通知' } } };
    for (let i = 0; i < 3; i += 1) expect(await client.subscribe(openid, body)).toMatchObject({ errcode: 0 });
  });

  test('the daily quota ends in 45009, clearing it starts again', async () => {
    const path = '/cgi-bin/message/subscribe/send';
    await client.send('PATCH', `/sim/apps/${appid}`, { limits: { daily: { [path]: 1 } } });
    await client.accept('p1');
    await client.accept('p1');
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 0 });
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 45009 });
    const token = await client.token();
    const quota = await client.post(`/cgi-bin/openapi/quota/get?access_token=${token}`, { cgi_path: path });
    expect(quota).toMatchObject({ errcode: 0, quota: { daily_limit: 1, used: 1, remain: 0 } });
    expect(await client.post(`/cgi-bin/clear_quota?access_token=${token}`, { appid })).toMatchObject({ errcode: 0 });
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 0 });
  });

  test('bad JSON and escaped Chinese are refused', async () => {
    const url = `${simulator.url}/cgi-bin/message/subscribe/send?access_token=${await client.token()}`;
    const raw = async (body: string) => (await fetch(url, { method: 'POST', body })).json();
    expect(await raw('{"touser":')).toMatchObject({ errcode: 47001 });
    expect(await raw('{"touser":"\\u4e2d"}')).toMatchObject({ errcode: 40033 });
    expect(await raw('{"touser":"\\\\u4e2d"}')).toMatchObject({ errcode: 40003 });
    expect(await client.post('/cgi-bin/message/unknown')).toMatchObject({ errcode: 40066 });
  });
});

describe('templates', () => {
  test('are listed, added from the public library and removed', async () => {
    const token = await client.token();
    const path = (name: string, query = '') => `/wxaapi/newtmpl/${name}?access_token=${token}${query}`;
    expect(await client.get(path('getpubtemplatetitles', '&ids=616&start=0&limit=30'))).toMatchObject({ count: 2 });
    expect(await client.get(path('getpubtemplatetitles', '&ids=616&start=0&limit=31'))).toMatchObject({ errcode: 200017 });
    expect(await client.post(path('addtemplate'), { tid: '1201', kidList: [2, 1], sceneDesc: '券快到期' })).toHaveProperty('priTmplId');
    expect(await client.post(path('addtemplate'), { tid: '1201', kidList: [2] })).toMatchObject({ errcode: 200020 });
    expect(await client.post(path('addtemplate'), { tid: '9', kidList: [1, 2] })).toMatchObject({ errcode: 200014 });
    const list = await client.get(path('gettemplate'));
    const data = list['data'] as { priTmplId: string; content: string }[];
    expect(data).toHaveLength(5);
    expect(data[4]?.content).toBe('到期时间:{{time2.DATA}}\n优惠券名称:{{thing1.DATA}}\n');
    expect(await client.post(path('deltemplate'), { priTmplId: data[4]?.priTmplId })).toMatchObject({ errcode: 0 });
    expect((await client.get(path('gettemplate')))['data']).toHaveLength(4);
  });
});

describe('customer service', () => {
  test('five messages in 48 hours after a message, which a new message opens afresh', async () => {
    expect(await client.say(openid, '您好')).toMatchObject({ errcode: 45015 });
    await client.post('/sim/people/p1/say', { appid, text: '在吗' });
    const codes = [];
    for (let i = 0; i < 6; i += 1) codes.push((await client.say(openid, `第${i}条`)).errcode);
    expect(codes).toEqual([0, 0, 0, 0, 0, 45047]);
    await client.post('/sim/people/p1/say', { appid, text: '再问一下' });
    expect(await client.say(openid, '请说')).toMatchObject({ errcode: 0 });
    await advance(48 * 3600_000);
    expect(await client.say(openid, '还在吗')).toMatchObject({ errcode: 45015 });
    const { lines } = await client.get(`/sim/people/p1/chat?appid=${appid}`);
    expect((lines as { from: string }[]).map((one) => one.from)).toEqual(['me', 'service', 'service', 'service', 'service', 'service', 'me', 'service']);
  });

  test('entering the conversation allows two messages within a minute', async () => {
    await client.post('/sim/people/p1/enter', { appid, sessionFrom: 'shop=1' });
    expect((await client.say(openid, 'a')).errcode).toBe(0);
    expect((await client.say(openid, 'b')).errcode).toBe(0);
    expect((await client.say(openid, 'c')).errcode).toBe(45047);
    await client.post('/sim/people/p1/enter', { appid });
    await advance(60_000);
    expect((await client.say(openid, 'd')).errcode).toBe(45015);
  });

  test('kinds of message and their errors', async () => {
    await client.post('/sim/people/p1/say', { appid, text: '在吗' });
    const token = await client.token();
    const send = (body: object) => client.post(`/cgi-bin/message/custom/send?access_token=${token}`, { touser: openid, ...body });
    expect(await send({ msgtype: 'voice', voice: { media_id: 'x' } })).toMatchObject({ errcode: 40008 });
    expect(await send({ msgtype: 'text', text: { content: '' } })).toMatchObject({ errcode: 44004 });
    expect(await send({ msgtype: 'text', text: { content: '长'.repeat(683) } })).toMatchObject({ errcode: 45002 });
    expect(await send({ msgtype: 'image', image: { media_id: 'x' } })).toMatchObject({ errcode: 40007 });
    const form = new FormData();
    form.set('media', new Blob(['png']), 'a.png');
    const uploaded = await fetch(`${simulator.url}/cgi-bin/media/upload?access_token=${token}&type=image`, { method: 'POST', body: form });
    const { media_id } = (await uploaded.json()) as { media_id: string };
    expect(await send({ msgtype: 'image', image: { media_id } })).toMatchObject({ errcode: 0 });
    const card = { title: '领券', pagepath: 'pages/offer/index?o=7', thumb_media_id: media_id };
    expect(await send({ msgtype: 'miniprogrampage', miniprogrampage: card })).toMatchObject({ errcode: 0 });
    const { messages } = await client.get(`/sim/people/p1/inbox?appid=${appid}`);
    const [newest] = messages as { id: string }[];
    expect(await client.post('/sim/people/p1/tap', { messageId: newest?.id })).toMatchObject({ page: 'pages/offer/index?o=7' });
    expect((await client.post(`/cgi-bin/message/custom/typing?access_token=${token}`, { touser: openid, command: 'Typing' })).errcode).toBe(0);
  });
});
