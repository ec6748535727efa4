import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decryptUserData, rawDataSignature } from '../src/session-crypto.ts';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, demoApp, type Answer } from './support/client.ts';
import { startReceiver } from './support/receiver.ts';

let simulator: Simulator;
let client: Client;
const { appid, secret } = demoApp;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Client(simulator.url);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await client.post('/sim/reset');
  await client.post('/sim/apps', { ...demoApp, pages: ['pages/offer/index'] });
  await client.post('/sim/people');
});

async function call(path: string, body: object): Promise<Answer> {
  return client.post(`${path}?access_token=${await client.token()}`, body);
}

const scan = (code: unknown): Promise<Answer> => client.post('/sim/people/p1/scan', { code });
const opened = { kind: 'program', appid, path: 'pages/offer/index', query: 'o=1' };

describe('links', () => {
  test('a scheme, a link and a short link open the page, with their own scene values', async () => {
    const jump = { path: 'pages/offer/index', query: 'o=1' };
    const scheme = await call('/wxa/generatescheme', { jump_wxa: jump, is_expire: true, expire_type: 1, expire_interval: 30 });
    expect(await scan(scheme['openlink'])).toEqual({ ...opened, sceneValue: 1065 });
    const link = await call('/wxa/generate_urllink', { ...jump, expire_type: 1, expire_interval: 1 });
    expect(await scan(`${String(link['url_link'])}?cq=ad%3D7`)).toEqual({ ...opened, query: 'o=1&cq=ad%3D7', sceneValue: 1194 });
    const short = await call('/wxa/genwxashortlink', { page_url: 'pages/offer/index?o=1', page_title: '活动' });
    expect(short['link']).toMatch(/^#小程序:\/\/活动\//);
    expect(await scan(short['link'])).toMatchObject(opened);
    expect(await call('/wxa/query_urllink', { url_link: link['url_link'], query_type: 0 })).toMatchObject({ url_link_info: { appid, query: 'o=1' } });
    await client.post('/sim/clock', { advanceMs: 2 * 86_400_000 });
    expect(await scan(link['url_link'])).toEqual({ error: 'the link has ended' });
    expect(await call('/wxa/query_urllink', { url_link: link['url_link'], query_type: 0 })).toMatchObject({ errcode: 85403 });
  });

  test('bad pages, queries and ends are refused', async () => {
    const body = { path: 'pages/offer/index', query: 'o=1', expire_type: 1, expire_interval: 30 };
    expect(await call('/wxa/generate_urllink', { ...body, path: 'pages/none' })).toMatchObject({ errcode: 40165 });
    expect(await call('/wxa/generate_urllink', { ...body, query: '中文' })).toMatchObject({ errcode: 40212 });
    expect(await call('/wxa/generate_urllink', { ...body, expire_interval: 31 })).toMatchObject({ errcode: 85401 });
    expect(await call('/wxa/generatescheme', { jump_wxa: {}, is_expire: false })).toMatchObject({ errcode: 85405 });
  });

  test('an unlimited code is a picture the camera reads; a scene has 32 characters', async () => {
    const token = await client.token();
    const ask = (scene: string): Promise<Response> =>
      fetch(`${simulator.url}/wxa/getwxacodeunlimit?access_token=${token}`, { method: 'POST', body: JSON.stringify({ scene, page: 'pages/offer/index' }) });
    const response = await ask('s=7&c=9');
    expect(response.headers.get('content-type')).toBe('image/png');
    const picture = Buffer.from(await response.arrayBuffer());
    expect(await client.post('/sim/people/p1/scan', { picture: picture.toString('base64') })).toEqual({ ...opened, query: 'scene=s%3D7%26c%3D9', sceneValue: 1047 });
    expect(await (await ask('x'.repeat(33))).json()).toMatchObject({ errcode: 40169 });
    expect(await (await ask('店铺')).json()).toMatchObject({ errcode: 40129 });
    expect(await (await ask('a%20b')).json()).toMatchObject({ errcode: 40129 });
  });
});

describe('personal data', () => {
  test('sealed data is known for three days; quotas tell their rate', async () => {
    const { encryptedData } = await client.post('/sim/people/p1/phone-number', { appid });
    const encrypted_msg_hash = createHash('sha256').update(String(encryptedData)).digest('hex');
    expect(await call('/wxa/business/checkencryptedmsg', { encrypted_msg_hash })).toMatchObject({ errcode: 0, vaild: true });
    await client.post('/sim/clock', { advanceMs: 3 * 86_400_000 });
    expect(await call('/wxa/business/checkencryptedmsg', { encrypted_msg_hash })).toMatchObject({ errcode: 0, vaild: false });
    const quota = await call('/cgi-bin/openapi/quota/get', { cgi_path: '/wxa/getwxacodeunlimit' });
    expect(quota).toMatchObject({ rate_limit: { call_count: 5000, refresh_second: 60 } });
  });

  test('a withdrawal of personal data is pushed', async () => {
    const merchant = await startReceiver();
    await client.send('PATCH', `/sim/apps/${appid}`, { callbackUrl: merchant.url });
    const { openid } = await client.post('/sim/people/p1/revoke', { appid });
    await client.get('/sim/idle');
    expect(JSON.parse(merchant.pushes[0]?.body ?? '{}')).toMatchObject({ Event: 'user_authorization_revoke', FromUserName: openid, OpenID: openid, AppID: appid, RevokeInfo: '8' });
    await merchant.close();
  });

  test('the code of the phone button becomes the number once; the sealed form holds the same', async () => {
    const { code, encryptedData, iv } = await client.post('/sim/people/p1/phone-number', { appid, number: '13900001111' });
    expect(await call('/wxa/business/getuserphonenumber', { code })).toMatchObject({ errcode: 0, phone_info: { purePhoneNumber: '13900001111', countryCode: '86', watermark: { appid } } });
    expect(await call('/wxa/business/getuserphonenumber', { code })).toMatchObject({ errcode: 40029 });
    const key = String(simulator.world.apps.get(appid)?.byPerson.get('p1')?.sessionKey);
    expect(JSON.parse(decryptUserData(String(encryptedData), String(iv), key))).toMatchObject({ phoneNumber: '13900001111' });
  });

  test('a profile is signed and sealed under the session key of the last login', async () => {
    expect(await client.post('/sim/people/p1/profile', { appid })).toEqual({ error: 'log in first: there is no session key' });
    const { code } = await client.post('/sim/people/p1/login', { appid });
    const session = await client.get(`/sns/jscode2session?appid=${appid}&secret=${secret}&js_code=${String(code)}&grant_type=authorization_code`);
    const key = String(session['session_key']);
    const profile = await client.post('/sim/people/p1/profile', { appid });
    expect(profile['signature']).toBe(rawDataSignature(String(profile['rawData']), key));
    expect(JSON.parse(decryptUserData(String(profile['encryptedData']), String(profile['iv']), key))).toMatchObject({ openId: session['openid'], unionId: session['unionid'], watermark: { appid } });
  });
});

test('a mixed fault strikes about as often as it was told, in different ways', async () => {
  await client.post('/sim/faults', { kind: 'mixed', probability: 0.5, path: '/cgi-bin/getcallbackip', delayMs: 5 });
  let failed = 0;
  const ways = new Set<unknown>();
  for (let i = 0; i < 200; i += 1) {
    const token = await client.token();
    const outcome = await fetch(`${simulator.url}/cgi-bin/getcallbackip?access_token=${token}`).then(
      async (response) => (response.status === 500 ? 500 : (((await response.json()) as Answer).errcode ?? 0)),
      () => 'cut',
    );
    if (outcome !== 0) failed += 1;
    ways.add(outcome);
  }
  // A slow answer is a fault too but looks like a success here: six of seven ways are seen, half of the calls.
  expect(failed).toBeGreaterThan(50);
  expect(failed).toBeLessThan(120);
  expect(ways).toEqual(new Set([0, 500, -1, 45009, 45011, 40001, 'cut']));
});
