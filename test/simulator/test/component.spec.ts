import { XMLParser } from 'fast-xml-parser';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { decryptMessage, signatureOf } from '../src/callback-crypto.ts';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, demoAccount, demoApp, type Answer } from './support/client.ts';
import { startReceiver, type ReceivedPush, type Receiver } from './support/receiver.ts';

let simulator: Simulator;
let client: Client;
let platform: Receiver;
const xml = new XMLParser({ parseTagValue: false });
const component = { appid: 'wx000000000000c0c0', secret: 'component-secret', token: 'ComponentToken', aesKey: 'zyxwvutsrqponmlkjihgfedcba9876543210ZYXWVUT', name: '回流' };
const { appid } = demoAccount;
const back = 'https://admin.example.com/back';

beforeAll(async () => {
  simulator = await startSimulator({ callbackTimeoutMs: 300, callbackRetryMs: 30 });
  client = new Client(simulator.url);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  platform = await startReceiver();
  await client.post('/sim/reset');
  await client.post('/sim/people', { count: 2 });
  await client.post('/sim/apps', demoAccount);
  await client.post('/sim/components', { ...component, eventUrl: `${platform.url}/events`, messageUrl: `${platform.url}/messages/$APPID$` });
});
afterEach(() => platform.close());

/** Opens a push with the platform's key after its signature was checked. */
function open({ query, body }: ReceivedPush): Record<string, string> {
  const { Encrypt } = (xml.parse(body) as { xml: { Encrypt: string } }).xml;
  expect(query.get('msg_signature')).toBe(signatureOf(component.token, query.get('timestamp') ?? '', query.get('nonce') ?? '', Encrypt));
  const { text, id } = decryptMessage(component.aesKey, Encrypt);
  expect(id).toBe(component.appid);
  return (xml.parse(text) as { xml: Record<string, string> }).xml;
}

async function pushes(): Promise<Record<string, string>[]> {
  expect(await client.get('/sim/idle?timeoutMs=8000')).toMatchObject({ idle: true });
  return platform.pushes.splice(0).map(open);
}

async function call(name: string, body: object, token?: string): Promise<Answer> {
  return client.post(`/cgi-bin/component/${name}${token === undefined ? '' : `?component_access_token=${token}`}`, { component_appid: component.appid, ...body });
}

async function componentToken(): Promise<string> {
  const ticket = (await pushes()).find((one) => one['InfoType'] === 'component_verify_ticket')?.['ComponentVerifyTicket'];
  const answer = await call('api_component_token', { component_appsecret: component.secret, component_verify_ticket: ticket });
  expect(answer).toMatchObject({ expires_in: 7200 });
  return String(answer['component_access_token']);
}

async function authorised(token: string, more: object = {}): Promise<Record<string, string>> {
  const { authCode } = await client.post(`/sim/components/${component.appid}/authorise`, { appid, ...more });
  const { authorization_info } = await call('api_query_auth', { authorization_code: authCode }, token);
  return authorization_info as Record<string, string>;
}

test('a ticket, a scan and a code become a token that acts for the account', async () => {
  const token = await componentToken();
  const { pre_auth_code } = await call('api_create_preauthcode', {}, token);
  const { authCode, redirect } = await client.post(`/sim/components/${component.appid}/authorise`, { appid, preAuthCode: pre_auth_code, redirectUri: back });
  expect(redirect).toBe(`${back}?${new URLSearchParams({ auth_code: String(authCode), expires_in: '3600' })}`);
  expect(await pushes()).toMatchObject([{ AppId: component.appid, InfoType: 'authorized', AuthorizerAppid: appid, AuthorizationCode: authCode, PreAuthCode: pre_auth_code }]);
  const answer = (await call('api_query_auth', { authorization_code: authCode }, token))['authorization_info'] as Record<string, string>;
  expect(answer).toMatchObject({ authorizer_appid: appid, expires_in: 7200 });
  expect(await call('api_query_auth', { authorization_code: authCode }, token)).toMatchObject({ errcode: 40029 });
  expect(await client.get(`/cgi-bin/user/get?access_token=${answer['authorizer_access_token']}`)).toMatchObject({ total: 0 });
  const info = await call('api_get_authorizer_info', { authorizer_appid: appid }, token);
  expect(info).toMatchObject({ authorizer_info: { nick_name: demoAccount.name, user_name: demoAccount.originalId, service_type_info: { id: 2 } } });
  expect(info['authorizer_info']).not.toHaveProperty('MiniProgramInfo');
  expect(await call('api_get_authorizer_list', { offset: 0, count: 500 }, token)).toMatchObject({ total_count: 1, list: [{ authorizer_appid: appid }] });
});

test('pushes of an authorised account arrive at the platform, until it is taken back', async () => {
  const token = await componentToken();
  const { authorizer_access_token, authorizer_refresh_token } = await authorised(token);
  await pushes();
  await client.post('/sim/people/p1/follow', { appid });
  await client.get('/sim/idle');
  expect(platform.pushes.map((one) => one.query.get('openid'))).toHaveLength(1);
  expect(await pushes()).toMatchObject([{ ToUserName: demoAccount.originalId, Event: 'subscribe' }]);
  const again = await call('api_authorizer_token', { authorizer_appid: appid, authorizer_refresh_token }, token);
  expect(again).toMatchObject({ expires_in: 7200, authorizer_refresh_token });
  expect(await call('api_authorizer_token', { authorizer_appid: appid, authorizer_refresh_token: 'refreshtoken@@@old' }, token)).toMatchObject({ errcode: 61023 });
  await client.post(`/sim/components/${component.appid}/unauthorise`, { appid });
  await client.post('/sim/people/p2/follow', { appid });
  expect(await pushes()).toMatchObject([{ InfoType: 'unauthorized', AuthorizerAppid: appid }]);
  expect(await client.get(`/cgi-bin/user/get?access_token=${String(authorizer_access_token)}`)).toMatchObject({ errcode: 40001 });
  expect(await call('api_authorizer_token', { authorizer_appid: appid, authorizer_refresh_token }, token)).toMatchObject({ errcode: 61003 });
});

test('a right that was not granted is refused until the owner changes it', async () => {
  const token = await componentToken();
  const before = await authorised(token, { funcs: [1] });
  const tags = { action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 1 } } };
  expect(await client.post(`/cgi-bin/qrcode/create?access_token=${before['authorizer_access_token']}`, tags)).toMatchObject({ errcode: 61007 });
  await pushes();
  await client.post(`/sim/components/${component.appid}/update`, { appid, funcs: [1, 3] });
  const [changed] = await pushes();
  expect(changed).toMatchObject({ InfoType: 'updateauthorized', AuthorizerAppid: appid });
  const answer = await call('api_query_auth', { authorization_code: changed?.['AuthorizationCode'] }, token);
  const now = (answer['authorization_info'] as Record<string, string>)['authorizer_access_token'];
  expect(await client.post(`/cgi-bin/qrcode/create?access_token=${now}`, tags)).not.toHaveProperty('errcode');
});

test('wrong tickets, secrets and tokens have their own codes; a ticket ends after twelve hours', async () => {
  const [first] = await pushes();
  const ask = (component_appsecret: string, component_verify_ticket = 'x'): Promise<Answer> => call('api_component_token', { component_appsecret, component_verify_ticket });
  expect(await ask('wrong')).toMatchObject({ errcode: 40125 });
  expect(await ask(component.secret)).toMatchObject({ errcode: 61006 });
  await client.post('/sim/clock', { advanceMs: 12 * 3600_000 });
  expect(await ask(component.secret, first?.['ComponentVerifyTicket'])).toMatchObject({ errcode: 61005 });
  await call('api_start_push_ticket', { component_secret: component.secret });
  expect(await pushes()).toMatchObject([{ InfoType: 'component_verify_ticket' }]);
  expect(await call('api_create_preauthcode', {}, 'wrong')).toMatchObject({ errcode: 40001 });
});

test('the page lists accounts and leads back with a code; logins work under the platform', async () => {
  const token = await componentToken();
  await client.post('/sim/apps', demoApp);
  const { pre_auth_code } = await call('api_create_preauthcode', {}, token);
  const query = new URLSearchParams({ component_appid: component.appid, pre_auth_code: String(pre_auth_code), redirect_uri: back, auth_type: '2' });
  const html = await (await fetch(`${simulator.url}/cgi-bin/componentloginpage?${query}`)).text();
  expect(html).toContain(demoApp.appid);
  expect(html).not.toContain(appid);
  const done = await fetch(`${simulator.url}/cgi-bin/componentloginpage?${query}&appid=${demoApp.appid}`, { redirect: 'manual' });
  expect(done.headers.get('location')).toMatch(/^https:\/\/admin\.example\.com\/back\?auth_code=queryauthcode/);
  const { code, openid } = await client.post('/sim/people/p1/login', { appid: demoApp.appid });
  const login = new URLSearchParams({ appid: demoApp.appid, js_code: String(code), grant_type: 'authorization_code', component_appid: component.appid, component_access_token: token });
  expect(await client.get(`/sns/component/jscode2session?${login}`)).toMatchObject({ openid });
});
