import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { permissions } from '@huiliu/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../core/context.js';
import type { GraphContext } from '../../../core/graphql/loaders.js';
import { isRefusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { createLog } from '../../../core/log.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { createHttpApp } from '../../../http-app.js';
import { encrypt, openAesKey, sign } from '../adapters/wechat/wechat.crypto.js';
import { ChannelAccess } from '../channel-access.service.js';
import { ChannelChecks } from '../channel-checks.service.js';
import { ChannelLogin } from '../channel-login.service.js';
import { ChannelViews } from '../channel-views.service.js';
import { ChannelsService } from '../channels.service.js';
import type { ChannelRow } from '../channels.repository.js';
import { ChannelSender } from '../sending/channel-sender.service.js';
import { aMerchant, SECRET, somePeople, TEMPLATE } from '../testing/merchant.fixture.js';
import { AuthorisationJobs } from './authorisation.jobs.js';
import { AuthorisationResolver } from './authorisation.resolver.js';
import { Authorisations } from './authorisations.service.js';
import { ComponentTokens } from './component-tokens.service.js';
import { Grants } from './grants.service.js';

const COMPONENT = { appid: 'wxcomponent0001', secret: 'component-secret-0123456789', token: 'ComponentToken1', aesKey: 'c'.padEnd(43, 'C') };
const ENV = { COMPONENT_APPID: COMPONENT.appid, COMPONENT_SECRET: COMPONENT.secret, COMPONENT_TOKEN: COMPONENT.token, COMPONENT_AES_KEY: COMPONENT.aesKey };

let simulator: SimulatorProcess;
let t: TestApp;
/** A second process's worth of the server, with the addresses that WeChat calls. */
let http: NestFastifyApplication;
let origin: string;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECHAT_CONSENT_BASE: simulator.url, ...ENV });
  http = await createHttpApp(t.config, createLog('silent', 'http'));
  await http.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(http.getHttpServer().address() as AddressInfo).port}`;
  await simulator.call('POST', '/sim/components', { ...COMPONENT, name: '回流', eventUrl: `${origin}/hooks/open/wechat`, messageUrl: `${origin}/hooks/open/wechat/$APPID$/callback` });
  await idle();
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

const idle = (): Promise<unknown> => simulator.call('GET', '/sim/idle?timeoutMs=20000');
const control = <T = Record<string, unknown>>(what: string, body: Record<string, unknown>): Promise<T> => simulator.call<T>('POST', `/sim/components/${COMPONENT.appid}/${what}`, body);
const calls = async (path: string): Promise<number> => {
  const { components } = await simulator.call<{ components: { appid: string; calls: Record<string, number> }[] }>('GET', '/sim/components');
  return components.find((one) => one.appid === COMPONENT.appid)?.calls[path] ?? 0;
};

let made = 0;
async function anApp(kind = 'mini_program'): Promise<string> {
  made += 1;
  const appid = `wx${process.pid}b${made}`;
  await simulator.call('POST', '/sim/apps', { appid, kind, secret: SECRET, originalId: `gh_${appid}`, name: '甜甜烘焙', callbackUrl: '', token: `Own${made}`, aesKey: `o${made}`.padEnd(43, 'O'), templates: [TEMPLATE] });
  return appid;
}

const staff = (): Actor => ({ kind: 'staff', id: newId(), name: 'tester', permissions: new Set(permissions) });

async function begin(tenantId: string, actor: Actor, platform = 'wechat_mini_program'): Promise<URL> {
  const begun = await t.as(tenantId, () => t.get(Authorisations).begin(platform), actor);
  if (isRefusal(begun)) throw new Error(JSON.stringify(begun));
  return new URL(begun.url);
}

/** The administrator's phone: scans, agrees; answers what the browser is sent home with. */
async function agree(page: URL, appid: string, funcs = [17, 18, 19]): Promise<{ state: string; authCode: string }> {
  const { redirect } = await control<{ redirect: string }>('authorise', { appid, preAuthCode: page.searchParams.get('pre_auth_code'), redirectUri: page.searchParams.get('redirect_uri'), funcs });
  const home = new URL(redirect);
  return { state: home.searchParams.get('state') ?? '', authCode: home.searchParams.get('auth_code') ?? '' };
}

const complete = (tenantId: string, actor: Actor, home: { state: string; authCode: string }): Promise<string | Refusal> =>
  t.as(tenantId, () => t.get(Authorisations).complete(home.state, home.authCode), actor);

/** The whole walk: the channel's id. */
async function scan(tenantId: string, appid: string, platform = 'wechat_mini_program'): Promise<string> {
  const actor = staff();
  const id = await complete(tenantId, actor, await agree(await begin(tenantId, actor, platform), appid));
  if (isRefusal(id)) throw new Error(JSON.stringify(id));
  return id;
}

const row = (tenantId: string, id: string): Promise<ChannelRow> => t.as(tenantId, () => t.get(ChannelsService).get(id));
const grant = (tenantId: string, id: string) => t.as(tenantId, async () => (await t.get(Grants).of([id])).get(id));

/** A push sealed with the platform's keys, as WeChat makes one. */
async function push(address: string, body: string, { token = COMPONENT.token, appid = COMPONENT.appid } = {}): Promise<{ status: number; text: string }> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(Math.floor(Math.random() * 2 ** 31));
  const part = encrypt(openAesKey(COMPONENT.aesKey) ?? Buffer.alloc(0), body, appid);
  const query = new URLSearchParams({ timestamp, nonce, encrypt_type: 'aes', msg_signature: sign(token, timestamp, nonce, part) });
  const answer = await fetch(`${origin}${address}?${query.toString()}`, { method: 'POST', body: `<xml><AppId><![CDATA[${appid}]]></AppId><Encrypt><![CDATA[${part}]]></Encrypt></xml>` });
  return { status: answer.status, text: await answer.text() };
}
const news = (kind: string, appid: string, at: number): string =>
  `<xml><AppId>${COMPONENT.appid}</AppId><CreateTime>${at}</CreateTime><InfoType>${kind}</InfoType><AuthorizerAppid>${appid}</AuthorizerAppid></xml>`;

describe('the platform app', () => {
  it('keeps the ticket that WeChat pushes, sealed', async () => {
    const [stored] = await t.sql<{ ticket: Buffer; ticket_at: Date }>('select ticket, ticket_at from provider_apps where key = $1', [`wechat_component:${COMPONENT.appid}`]);
    expect(stored?.ticket.length).toBeGreaterThan(40);
    expect(stored?.ticket.includes('ticket')).toBe(false);
  });

  it('believes no push that is forged, stale or meant for another', async () => {
    const body = `<xml><AppId>x</AppId><CreateTime>1</CreateTime><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>evil</ComponentVerifyTicket></xml>`;
    expect(await push('/hooks/open/wechat', body, { token: 'AnotherToken' })).toEqual({ status: 403, text: 'bad_signature' });
    expect(await push('/hooks/open/wechat', body, { appid: 'wxsomeoneelse' })).toEqual({ status: 403, text: 'wrong_receiver' });
    expect((await push('/hooks/open/wechat', 'no xml')).status).toBe(403);
  });

  it('does not let a late ticket take the place of a newer one', async () => {
    const ticketAt = async () => (await t.sql<{ ticket_at: Date }>('select ticket_at from provider_apps'))[0]?.ticket_at.getTime();
    const before = await ticketAt();
    const old = `<xml><AppId>x</AppId><CreateTime>1500000000</CreateTime><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>old</ComponentVerifyTicket></xml>`;
    expect(await push('/hooks/open/wechat', old)).toEqual({ status: 200, text: 'success' });
    expect(await ticketAt()).toBe(before);
  });

  it('asks for its token once, for 50 callers in two processes', async () => {
    await t.sql('update provider_apps set expires_at = now(), refreshing_until = null');
    const both = [t.get(ComponentTokens), http.get(ComponentTokens, { strict: false })];
    for (const tokens of both) tokens.forgetHeld();
    const before = await calls('/cgi-bin/component/api_component_token');
    const taken = await Promise.all(Array.from({ length: 50 }, (_, at) => both[at % 2]!.take()));
    expect(new Set(taken.map((one) => (one.ok ? one.value.token : JSON.stringify(one)))).size).toBe(1);
    expect(taken[0]).toMatchObject({ ok: true });
    expect((await calls('/cgi-bin/component/api_component_token')) - before).toBe(1);
  });
});

describe('connecting by scanning', () => {
  it('makes a live channel without a secret, with what WeChat knows of the account', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    const page = await begin(tenantId, staff());
    expect(page.pathname).toBe('/cgi-bin/componentloginpage');
    expect(Object.fromEntries(page.searchParams)).toMatchObject({ component_appid: COMPONENT.appid, auth_type: '2' });
    const id = await scan(tenantId, appid);
    expect(await row(tenantId, id)).toMatchObject({
      platform: 'wechat_mini_program', app_id: appid, original_id: `gh_${appid}`, name: '甜甜烘焙', status: 'live', authorisation: 'platform', credentials: null,
    });
    expect(await grant(tenantId, id)).toMatchObject({ permissions: [17, 18, 19], revoked_at: null });
    const view = t.get(ChannelViews).of(await row(tenantId, id));
    expect(view).toMatchObject({ authorisation: 'platform', hasSecret: false, callbackUrl: `${t.config.publicUrl}/hooks/open/wechat/${appid}/callback` });
    const shown = await t.as(tenantId, () => t.get(AuthorisationResolver).grant(view, { loaders: new Map() } as GraphContext));
    expect(shown?.abilities).toContainEqual({ ability: 'customer_service', isGranted: true });
  });

  it('knows an official account and its type', async () => {
    const tenantId = await t.tenant();
    const id = await scan(tenantId, await anApp('service_account'), 'wechat_official_account');
    expect(await row(tenantId, id)).toMatchObject({ platform: 'wechat_official_account', settings: { accountType: 'service' }, authorisation: 'platform' });
  });

  it('ends only for the one who began it, once, and in time', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    const actor = staff();
    const home = await agree(await begin(tenantId, actor), appid);
    const expired = { __typename: 'Refusal', code: 'authorisation_expired' };
    expect(await complete(tenantId, staff(), home)).toMatchObject(expired);
    expect(await complete(await t.tenant(), actor, home)).toMatchObject(expired);
    expect(isRefusal(await complete(tenantId, actor, home))).toBe(false);
    expect(await complete(tenantId, actor, home)).toMatchObject(expired);
    const late = await agree(await begin(tenantId, actor), appid);
    await t.sql(`update authorisation_starts set expires_at = now() - interval '1 second' where used_at is null`);
    expect(await complete(tenantId, actor, late)).toMatchObject(expired);
  });

  it('gives an account to one of two merchants who come at once, and tells the other nothing about it', async () => {
    const appid = await anApp();
    const merchants = await Promise.all([1, 2].map(async () => ({ tenantId: await t.tenant('别家店'), actor: staff() })));
    const homes: { state: string; authCode: string }[] = [];
    for (const { tenantId, actor } of merchants) homes.push(await agree(await begin(tenantId, actor), appid));
    const answers = await Promise.all(merchants.map(({ tenantId, actor }, at) => complete(tenantId, actor, homes[at]!)));
    const refused = answers.findIndex((one) => isRefusal(one));
    expect(answers.filter((one) => !isRefusal(one))).toHaveLength(1);
    expect(answers[refused]).toEqual({ __typename: 'Refusal', code: 'connected_elsewhere', details: { appId: appid } });
    expect(await t.sql('select 1 from channels where tenant_id = $1', [merchants[refused]!.tenantId])).toEqual([]);
  });

  it('takes an account over that was connected by secret: same channel, no secret any more', async () => {
    const merchant = await aMerchant(t, simulator);
    expect(await scan(merchant.tenantId, merchant.appId)).toBe(merchant.channelId);
    expect(await row(merchant.tenantId, merchant.channelId)).toMatchObject({ authorisation: 'platform', status: 'live', credentials: null });
    const back = await t.as(merchant.tenantId, () => t.get(ChannelsService).update(merchant.channelId, { appSecret: SECRET }));
    expect(back).toMatchObject({ id: merchant.channelId, authorisation: 'secret', status: 'live' });
  });

  it('keeps the refresh token sealed', async () => {
    const tenantId = await t.tenant();
    const id = await scan(tenantId, await anApp());
    const [stored] = await t.sql<{ text: string }>('select encode(refresh_token, $2) as text from channel_grants where channel_id = $1', [id, 'escape']);
    expect(stored?.text).not.toMatch(/refresh/iu);
    expect(stored?.text.length).toBeGreaterThan(40);
  });
});

describe('an account behind the platform', () => {
  it('sends, signs customers in and receives like any other', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    const id = await scan(tenantId, appid);
    const [person] = await somePeople(simulator, appid, 1);
    await simulator.call('POST', `/sim/apps/${appid}/grants`, { templateId: TEMPLATE.priTmplId, count: 1, people: [person?.id] });
    const sent = await t.as(tenantId, () => t.get(ChannelSender).send(id, { kind: 'subscription', to: person?.openid ?? '', templateExternalId: TEMPLATE.priTmplId, data: { thing1: '满减券', time2: '2026-12-01 10:00' } }));
    expect(sent).toMatchObject({ outcome: 'accepted' });
    const { code } = await simulator.call<{ code: string }>('POST', `/sim/people/${person?.id}/login`, { appid });
    expect(await t.as(tenantId, () => t.get(ChannelLogin).exchange(appid, code))).toMatchObject({ outcome: 'signed_in', externalId: person?.openid });
    await simulator.call('POST', `/sim/people/${person?.id}/say`, { appid, text: '在吗' });
    await idle();
    await t.as(tenantId, () => t.runJobs());
    const stored = await t.sql<{ events: { type: string; text?: string }[] }>('select events from inbound where channel_id = $1', [id]);
    expect(stored.flatMap((one) => one.events).find((event) => event.type === 'customer.wrote')).toMatchObject({ text: '在吗' });
  });

  it('signs customers in on a web page of an official account', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp('service_account');
    await scan(tenantId, appid, 'wechat_official_account');
    const [person] = (await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count: 1 })).people;
    const address = await t.as(tenantId, () => t.get(ChannelLogin).webAddress({ redirectUri: 'https://shop.test/back', scope: 'base', state: 'abc' }));
    expect(new URL(address?.url ?? '').searchParams.get('component_appid')).toBe(COMPONENT.appid);
    const { code } = await simulator.call<{ code: string }>('POST', `/sim/people/${person?.id}/oauth`, { url: address?.url, agree: true });
    expect(await t.as(tenantId, () => t.get(ChannelLogin).exchange(appid, code))).toMatchObject({ outcome: 'signed_in' });
  });

  it('takes no push that the platform did not sign', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    await scan(tenantId, appid);
    const body = `<xml><ToUserName>gh_${appid}</ToUserName><FromUserName>o1</FromUserName><CreateTime>1760000001</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>`;
    expect(await push(`/hooks/open/wechat/${appid}/callback`, body, { token: 'AnotherToken' })).toMatchObject({ status: 403 });
    expect(await push('/hooks/open/wechat/wxnobody/callback', body, { token: 'AnotherToken' })).toMatchObject({ status: 404 });
    expect(await push('/hooks/open/wechat/wxnobody/callback', body)).toEqual({ status: 200, text: 'success' });
    expect(await push(`/hooks/open/wechat/${appid}/callback`, body)).toEqual({ status: 200, text: 'success' });
  });

  it('shows at once what the merchant grants now', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    const id = await scan(tenantId, appid);
    await control('update', { appid, funcs: [18] });
    await idle();
    await t.as(tenantId, () => t.runJobs());
    expect(await grant(tenantId, id)).toMatchObject({ permissions: [18] });
  });
});

describe('a grant that is taken back', () => {
  it('stops the channel with its reason, and nothing is sent', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    const id = await scan(tenantId, appid);
    await control('unauthorise', { appid });
    await idle();
    expect(await row(tenantId, id)).toMatchObject({ status: 'failing', status_reason: 'authorization_revoked' });
    expect(await grant(tenantId, id)).toMatchObject({ refresh_token: null });
    t.get(ChannelAccess).forget(id); // the other process took the notice; this one follows within seconds
    const sent = await t.as(tenantId, () => t.get(ChannelSender).send(id, { kind: 'window', to: 'o1', content: { type: 'text', text: 'x' } }));
    expect(sent).toMatchObject({ outcome: 'refused', reason: 'account', problem: 'authorization_revoked' });
    await t.as(tenantId, () => t.get(ChannelChecks).run(id));
    expect(await row(tenantId, id)).toMatchObject({ status: 'failing', status_reason: 'authorization_revoked' });
    expect(await scan(tenantId, appid)).toBe(id);
    expect(await row(tenantId, id)).toMatchObject({ status: 'live', status_reason: null });
  });

  it('is noticed within the day when the notice was lost', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    const [kept, lost] = [await scan(tenantId, await anApp()), await scan(tenantId, appid)];
    await simulator.call('POST', '/sim/faults', { path: 'unauthorized', kind: 'drop_callback' });
    await control('unauthorise', { appid });
    await idle();
    await simulator.call('DELETE', '/sim/faults');
    expect(await row(tenantId, lost)).toMatchObject({ status: 'live' });
    await t.as(tenantId, () => t.get(AuthorisationJobs).reconcile());
    expect(await row(tenantId, lost)).toMatchObject({ status: 'failing', status_reason: 'authorization_revoked' });
    expect(await row(tenantId, kept)).toMatchObject({ status: 'live' });
  });

  it('is not ended by a notice that is older than the grant', async () => {
    const tenantId = await t.tenant();
    const appid = await anApp();
    const id = await scan(tenantId, appid);
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
    expect(await push('/hooks/open/wechat', news('unauthorized', appid, anHourAgo))).toEqual({ status: 200, text: 'success' });
    expect(await row(tenantId, id)).toMatchObject({ status: 'live' });
  });
});
