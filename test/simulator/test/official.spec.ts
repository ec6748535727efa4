import { XMLParser } from 'fast-xml-parser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decryptMessage } from '../src/callback-crypto.ts';
import { textOfPicture } from '../src/png.ts';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, demoAccount, demoApp, type Answer } from './support/client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';

let simulator: Simulator;
let client: Client;
let merchant: Receiver;
const { appid } = demoAccount;
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
  await client.post('/sim/people', { count: 5 });
});
afterEach(() => merchant.close());

function setUp(change: object = {}): Promise<unknown> {
  return client.post('/sim/apps', { ...demoAccount, callbackUrl: merchant.url, ...change });
}

async function follow(person: string, more: object = {}): Promise<string> {
  return String((await client.post(`/sim/people/${person}/follow`, { appid, ...more }))['openid']);
}

async function call(path: string, body?: object): Promise<Answer> {
  const token = await client.token(demoAccount);
  const address = `${path}${path.includes('?') ? '&' : '?'}access_token=${token}`;
  return body === undefined ? client.get(address) : client.post(address, body);
}

/** Pushes that arrived since the last look, opened. */
async function events(): Promise<Record<string, unknown>[]> {
  expect(await client.get('/sim/idle?timeoutMs=8000')).toMatchObject({ idle: true });
  return merchant.pushes.splice(0).map(({ body }) => {
    const { Encrypt } = (xml.parse(body) as { xml: { Encrypt: string } }).xml;
    return (xml.parse(decryptMessage(demoAccount.aesKey, Encrypt).text) as { xml: Record<string, unknown> }).xml;
  });
}

async function draft(): Promise<string> {
  const form = new FormData();
  form.set('media', new Blob(['x']), 'a.png');
  const upload = await fetch(`${simulator.url}/cgi-bin/material/add_material?type=image&access_token=${await client.token(demoAccount)}`, { method: 'POST', body: form });
  const { media_id: thumb_media_id } = (await upload.json()) as { media_id: string };
  const article = { title: '冬季上新', content: '<p>来店试穿</p>', thumb_media_id, content_source_url: 'https://m.example.com/p/1' };
  return String((await call('/cgi-bin/draft/add', { articles: [article] }))['media_id']);
}

describe('followers', () => {
  test('following, a scan, a menu tap and leaving are pushed in XML, encrypted, and the profile follows', async () => {
    const code = await call('/cgi-bin/qrcode/create', { expire_seconds: 600, action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: 'store-7' } } });
    const { openid } = await client.post('/sim/people/p1/scan', { ticket: code['ticket'] });
    await client.post('/sim/people/p1/scan', { code: code['url'] });
    await call('/cgi-bin/menu/create', { button: [{ name: '会员', sub_button: [{ type: 'click', name: '积分', key: 'POINTS' }] }] });
    await client.post('/sim/people/p1/menu', { appid, key: 'POINTS' });
    expect(await events()).toMatchObject([
      { FromUserName: openid, MsgType: 'event', Event: 'subscribe', EventKey: 'qrscene_store-7', Ticket: code['ticket'] },
      { FromUserName: openid, Event: 'SCAN', EventKey: 'store-7', Ticket: code['ticket'] },
      { FromUserName: openid, Event: 'CLICK', EventKey: 'POINTS' },
    ]);
    const profile = await call(`/cgi-bin/user/info?openid=${String(openid)}`);
    expect(profile).toMatchObject({ subscribe: 1, openid, subscribe_scene: 'ADD_SCENE_QR_CODE', qr_scene: 0, qr_scene_str: 'store-7', tagid_list: [] });
    expect(profile['unionid']).toMatch(/^oU/);
    await client.post('/sim/people/p1/unfollow', { appid });
    expect(await events()).toMatchObject([{ Event: 'unsubscribe', FromUserName: openid }]);
    expect(await call(`/cgi-bin/user/info?openid=${String(openid)}`)).toEqual({ subscribe: 0, openid });
  });

  test('the list goes on after next_openid and ends with an empty page', async () => {
    await client.post('/sim/people', { count: 10_001, prefix: 'many' });
    await client.post(`/sim/apps/${appid}/followers`);
    const first = await call('/cgi-bin/user/get');
    expect(first).toMatchObject({ total: 10_006, count: 10_000 });
    const second = await call(`/cgi-bin/user/get?next_openid=${String(first['next_openid'])}`);
    expect(second).toMatchObject({ total: 10_006, count: 6 });
    const end = await call(`/cgi-bin/user/get?next_openid=${String(second['next_openid'])}`);
    expect(end).toEqual({ total: 10_006, count: 0, next_openid: '' });
    expect(await events()).toEqual([]);
  });

  test('a hundred profiles at once, and not one more', async () => {
    const openid = await follow('p1');
    const one = { openid, lang: 'zh_CN' };
    expect(await call('/cgi-bin/user/info/batchget', { user_list: [one] })).toMatchObject({ user_info_list: [{ subscribe: 1, openid }] });
    expect(await call('/cgi-bin/user/info/batchget', { user_list: Array(101).fill(one) })).toMatchObject({ errcode: 40032 });
  });

  test('tags are made, given, listed and taken', async () => {
    const openid = await follow('p1');
    const { tag } = (await call('/cgi-bin/tags/create', { tag: { name: '常客' } })) as { tag?: { id: number } };
    expect(await call('/cgi-bin/tags/create', { tag: { name: '常客' } })).toMatchObject({ errcode: 45157 });
    expect(await call('/cgi-bin/tags/members/batchtagging', { openid_list: [openid], tagid: tag?.id })).toMatchObject({ errcode: 0 });
    expect(await call('/cgi-bin/tags/get')).toEqual({ tags: [{ id: tag?.id, name: '常客', count: 1 }] });
    expect(await call('/cgi-bin/user/tag/get', { tagid: tag?.id })).toMatchObject({ count: 1, data: { openid: [openid] } });
    expect(await call('/cgi-bin/tags/getidlist', { openid })).toEqual({ tagid_list: [tag?.id] });
    expect(await call('/cgi-bin/tags/members/batchtagging', { openid_list: ['oNobody'], tagid: tag?.id })).toMatchObject({ errcode: 49003 });
    await call('/cgi-bin/tags/delete', { tag: { id: tag?.id } });
    expect(await call('/cgi-bin/tags/getidlist', { openid })).toEqual({ tagid_list: [] });
    expect(await call('/cgi-bin/tags/delete', { tag: { id: 2 } })).toMatchObject({ errcode: 45058 });
  });

  test('a follower on the black list is reached by nothing', async () => {
    const openid = await follow('p1');
    expect(await call('/cgi-bin/tags/members/batchblacklist', { openid_list: [openid] })).toMatchObject({ errcode: 0 });
    expect(await call('/cgi-bin/tags/members/getblacklist', {})).toEqual({ total: 1, count: 1, data: { openid: [openid] }, next_openid: openid });
    const words = { touser: openid, msgtype: 'text', text: { content: '您好' } };
    expect(await call('/cgi-bin/message/custom/send', words)).toMatchObject({ errcode: 43019 });
    await call('/cgi-bin/tags/members/batchunblacklist', { openid_list: [openid] });
    expect(await call('/cgi-bin/message/custom/send', words)).toMatchObject({ errcode: 0 });
  });

  test('an account under another Open Platform sees other unionids', async () => {
    const openid = await follow('p1');
    const before = await call(`/cgi-bin/user/info?openid=${openid}`);
    await client.send('PATCH', `/sim/apps/${appid}`, { openPlatform: 'other' });
    const after = await call(`/cgi-bin/user/info?openid=${openid}`);
    expect(after['unionid']).toMatch(/^oU/);
    expect(after['unionid']).not.toBe(before['unionid']);
  });
});

describe('notices', () => {
  test('a subscription notice spends one accept and is reported', async () => {
    const openid = await follow('p1');
    const accept = { appid, templateIds: ['T_EXPIRE'], answers: { T_EXPIRE: 'accept' } };
    await client.post('/sim/people/p1/prompt', accept);
    const data = { thing1: { value: '满100减20券' }, time2: { value: '2026年12月1日 20:00' } };
    const message = { touser: openid, template_id: 'T_EXPIRE', page: 'https://m.example.com/c/1', data };
    await events();
    expect(await call('/cgi-bin/message/subscribe/bizsend', message)).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(await call('/cgi-bin/message/subscribe/bizsend', message)).toMatchObject({ errcode: 43101 });
    expect(await call('/cgi-bin/message/subscribe/bizsend', { ...message, page: 'pages/index' })).toMatchObject({ errcode: 41030 });
    expect(await events()).toMatchObject([{ Event: 'subscribe_msg_sent_event', SubscribeMsgSentEvent: { List: { TemplateId: 'T_EXPIRE' } } }]);
  });

  test('a template message needs a follower; a repeated client_msg_id is the same message; a block is told by event', async () => {
    const openid = await follow('p1');
    const message = { touser: openid, template_id: 'M_POINTS', client_msg_id: 'r1', url: 'https://m.example.com', data: { thing1: { value: '积分变动' }, amount2: { value: '12.00元' } } };
    await events();
    const first = await call('/cgi-bin/message/template/send', message);
    expect(first).toMatchObject({ errcode: 0 });
    expect(await call('/cgi-bin/message/template/send', message)).toMatchObject({ errcode: 0, msgid: first['msgid'] });
    expect(await events()).toMatchObject([{ Event: 'TEMPLATESENDJOBFINISH', MsgID: String(first['msgid']), Status: 'success' }]);
    expect(await client.get(`/sim/stats?appid=${appid}`)).toMatchObject({ received: { template: 1 }, repeats: 0 });
    await client.post('/sim/people/p1/block', { appid, blocked: true });
    await call('/cgi-bin/message/template/send', { ...message, client_msg_id: 'r2' });
    expect(await events()).toMatchObject([{ Event: 'TEMPLATESENDJOBFINISH', Status: 'failed:user block' }]);
    const long = { ...message.data, thing1: { value: '字'.repeat(21) } };
    expect(await call('/cgi-bin/message/template/send', { ...message, client_msg_id: 'r3', data: long })).toMatchObject({ errcode: 47003 });
    await client.post('/sim/people/p1/unfollow', { appid });
    expect(await call('/cgi-bin/message/template/send', { ...message, client_msg_id: 'r4' })).toMatchObject({ errcode: 43004 });
  });

  test('customer-service windows: three after following, five after a message', async () => {
    const openid = await follow('p1');
    const say = (): Promise<Answer> => call('/cgi-bin/message/custom/send', { touser: openid, msgtype: 'text', text: { content: '您好' } });
    for (let i = 0; i < 3; i += 1) expect(await say()).toMatchObject({ errcode: 0 });
    expect(await say()).toMatchObject({ errcode: 45047 });
    await client.post('/sim/clock', { advanceMs: 61_000 });
    expect(await say()).toMatchObject({ errcode: 45015 });
    await client.post('/sim/people/p1/say', { appid, text: '在吗' });
    for (let i = 0; i < 5; i += 1) expect(await say()).toMatchObject({ errcode: 0 });
    expect(await say()).toMatchObject({ errcode: 45047 });
    await client.post('/sim/people/p1/say', { appid, image: 'https://example.com/a.png' });
    expect((await events()).map((one) => one['MsgType'])).toEqual(['event', 'text', 'image']);
  });
});

describe('posts', () => {
  test('a list reaches each follower four times a month; the finish event counts', async () => {
    const openids = [await follow('p1'), await follow('p2'), await follow('p3')];
    const mediaId = await draft();
    await client.post('/sim/people/p3/block', { appid, blocked: true });
    await events();
    const post = (n: number): Promise<Answer> => call('/cgi-bin/message/mass/send', { touser: openids, msgtype: 'mpnews', mpnews: { media_id: mediaId }, clientmsgid: `c${n}` });
    const first = await post(1);
    expect(first).toMatchObject({ errcode: 0 });
    expect(await post(1)).toMatchObject({ errcode: 45065, msg_id: first['msg_id'] });
    for (const n of [2, 3, 4, 5]) expect(await post(n)).toMatchObject({ errcode: 0 });
    await expect.poll(() => merchant.pushes.length).toBe(5);
    const ends = (await events()).map(({ Event, TotalCount, FilterCount, SentCount, ErrorCount }) => ({ Event, TotalCount, FilterCount, SentCount, ErrorCount }));
    const good = { Event: 'MASSSENDJOBFINISH', TotalCount: '3', FilterCount: '2', SentCount: '2', ErrorCount: '0' };
    expect(ends.toSorted((a, b) => Number(b.SentCount) - Number(a.SentCount))).toEqual([good, good, good, good, { ...good, FilterCount: '0', SentCount: '0' }]);
    expect(await call('/cgi-bin/message/mass/get', { msg_id: first['msg_id'] })).toEqual({ msg_id: first['msg_id'], msg_status: 'SEND_SUCCESS' });
    expect(await call('/cgi-bin/message/mass/send', { touser: openids.slice(0, 1), msgtype: 'text', text: { content: 'x' } })).toMatchObject({ errcode: 40130 });
    expect(await client.get(`/sim/stats?appid=${appid}`)).toMatchObject({ received: { post: 8 }, repeats: 0 });
  });

  test('a post to everybody once a day; a refused post is reported and reaches nobody', async () => {
    await follow('p1');
    await events();
    await setUp({ massStatus: 'err(20001)' });
    const all = { filter: { is_to_all: true }, msgtype: 'text', text: { content: '周末见' } };
    const refused = await call('/cgi-bin/message/mass/sendall', all);
    await expect.poll(() => merchant.pushes.length).toBe(1);
    expect(await events()).toMatchObject([{ Status: 'err(20001)', SentCount: '0', ErrorCount: '1' }]);
    expect(await call('/cgi-bin/message/mass/get', { msg_id: refused['msg_id'] })).toMatchObject({ msg_status: 'SEND_FAIL' });
    await setUp();
    expect(await call('/cgi-bin/message/mass/sendall', all)).toMatchObject({ errcode: 0 });
    expect(await call('/cgi-bin/message/mass/sendall', all)).toMatchObject({ errcode: 45028 });
  });

  test('publishing a draft makes an article and tells the end by event', async () => {
    const submitted = await call('/cgi-bin/freepublish/submit', { media_id: await draft() });
    await expect.poll(() => merchant.pushes.length).toBe(1);
    expect(await events()).toMatchObject([{ Event: 'PUBLISHJOBFINISH', PublishEventInfo: { publish_id: submitted['publish_id'], publish_status: '0' } }]);
    const state = await call('/cgi-bin/freepublish/get', { publish_id: submitted['publish_id'] });
    expect(state).toMatchObject({ publish_status: 0, article_detail: { count: 1 } });
    expect(await call('/cgi-bin/freepublish/getarticle', { article_id: state['article_id'] })).toMatchObject({ news_item: [{ title: '冬季上新' }] });
  });
});

describe('logins and rights', () => {
  const authorize = (scope: string): string =>
    `https://open.weixin.qq.com/connect/oauth2/authorize?${new URLSearchParams({ appid, redirect_uri: 'https://m.example.com/back?x=1', response_type: 'code', scope, state: 's1' })}`;

  test('a silent login gives the openid once, a consented one the profile', async () => {
    const { code, redirect } = await client.post('/sim/people/p1/oauth', { url: authorize('snsapi_base') });
    expect(redirect).toBe(`https://m.example.com/back?x=1&code=${String(code)}&state=s1`);
    const exchange = (value: unknown): Promise<Answer> => client.get(`/sns/oauth2/access_token?appid=${appid}&secret=${demoAccount.secret}&code=${String(value)}&grant_type=authorization_code`);
    const silent = await exchange(code);
    expect(silent).toMatchObject({ scope: 'snsapi_base', expires_in: 7200 });
    expect(silent).not.toHaveProperty('unionid');
    expect(await exchange(code)).toMatchObject({ errcode: 40163 });
    const open = await exchange((await client.post('/sim/people/p1/oauth', { url: authorize('snsapi_userinfo') }))['code']);
    expect(open['openid']).toBe(silent['openid']);
    const person = await client.get('/sim/people/p1');
    const profile = await client.get(`/sns/userinfo?access_token=${String(open['access_token'])}&openid=${String(open['openid'])}`);
    expect(profile).toMatchObject({ nickname: person['name'], unionid: person['unionid'], sex: 0, city: '' });
    const again = await client.get(`/sns/oauth2/refresh_token?appid=${appid}&grant_type=refresh_token&refresh_token=${String(open['refresh_token'])}`);
    expect(again).toMatchObject({ openid: open['openid'], scope: 'snsapi_userinfo' });
  });

  test('a browser with a chosen person is sent back; a foreign domain is not', async () => {
    const path = authorize('snsapi_base').replace('https://open.weixin.qq.com', simulator.url);
    const back = await fetch(`${path}&person=p2`, { redirect: 'manual' });
    expect(back.headers.get('location')).toMatch(/^https:\/\/m\.example\.com\/back\?x=1&code=\w/);
    await client.send('PATCH', `/sim/apps/${appid}`, { redirectDomain: 'other.example.com' });
    expect(await client.post('/sim/people/p1/oauth', { url: authorize('snsapi_base') })).toEqual({ error: expect.stringContaining('10003') as string });
  });

  test('calls of another kind of account and taken rights are refused', async () => {
    await client.post('/sim/apps', demoApp);
    expect(await client.get(`/cgi-bin/user/get?access_token=${await client.token()}`)).toMatchObject({ errcode: 48001 });
    await client.send('PATCH', `/sim/apps/${appid}`, { deniedApis: { '/cgi-bin/user/get': 50005 } });
    expect(await call('/cgi-bin/user/get')).toMatchObject({ errcode: 50005 });
  });

  test('the picture of a scene code holds its address', async () => {
    const code = await call('/cgi-bin/qrcode/create', { action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 7 } } });
    const again = await call('/cgi-bin/qrcode/create', { action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 7 } } });
    expect(again['ticket']).toBe(code['ticket']);
    const picture = await fetch(`${simulator.url}/cgi-bin/showqrcode?ticket=${encodeURIComponent(String(code['ticket']))}`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(textOfPicture(Buffer.from(await picture.arrayBuffer()))).toBe(code['url']);
    expect(await call('/cgi-bin/qrcode/create', { action_name: 'QR_SCENE', expire_seconds: 2_592_001, action_info: { scene: { scene_id: 7 } } })).toMatchObject({ errcode: 40097 });
  });
});
