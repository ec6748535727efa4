import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { FollowerSync } from '../../channels/index.js';
import { aMerchant, somePeople, type Merchant, type Person } from '../../channels/testing/merchant.fixture.js';
import { aServiceAccount, someone } from '../../channels/testing/official.fixture.js';
import { CustomersService } from '../customers.service.js';
import { IdentityService } from '../identity/identity.service.js';
import { PlayerService } from '../player/player.service.js';
import { WebLoginService } from '../player/web-login.service.js';
import { TagsService } from '../tags/tags.service.js';
import { AccountTagsService } from './account-tags.service.js';

let simulator: SimulatorProcess;
let t: TestApp;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECHAT_LOGIN_BASE: simulator.url });
});
afterAll(async () => {
  await t?.stop();
  await simulator?.stop();
});

const as = <T>(merchant: { tenantId: string }, work: () => Promise<T>) => t.as(merchant.tenantId, work);
const slugOf = async ({ tenantId }: { tenantId: string }) => (await t.sql<{ slug: string }>('select slug from tenants where id = $1', [tenantId]))[0]!.slug;
const follow = async (merchant: Merchant, people: string[]) => (await simulator.call<{ followers: { openid: string }[] }>('POST', `/sim/apps/${merchant.appId}/followers`, { people })).followers.map((one) => one.openid);
async function sync(merchant: Merchant): Promise<void> {
  await as(merchant, () => t.get(FollowerSync).start(merchant.channelId, 'asked'));
  await t.runJobs();
}
const person = async (merchant: Merchant, openid: string) =>
  (await t.sql<{ customer_id: string }>('select customer_id from identities where channel_id = $1 and external_id = $2', [merchant.channelId, openid]))[0]?.customer_id;

describe('followers', () => {
  it('become people, and one person with the mini program\'s when the union id says so', async () => {
    const program = await aMerchant(t, simulator);
    await simulator.call('PATCH', `/sim/apps/${program.appId}`, { unionBound: true });
    const service = await aServiceAccount(t, simulator, { tenantId: program.tenantId, app: { unionBound: true } });
    const [{ id }] = (await somePeople(simulator, program.appId, 1)) as [Person];
    const { code } = await simulator.call<{ code: string }>('POST', `/sim/people/${id}/login`, { appid: program.appId });
    const session = await t.get(PlayerService).signIn({ tenantSlug: await slugOf(program), appId: program.appId, code });
    if (isRefusal(session)) throw new Error(session.code);
    const openids = await follow(service, [id, ...(await someone(simulator, 2))]);
    await sync(service);
    expect(await person(service, openids[0]!)).toBe(session.customerId);
    expect(new Set(await Promise.all(openids.map((openid) => person(service, openid)))).size).toBe(3);
  });
});

describe('tags of an account', () => {
  it('are taken over with the people who have them', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const [openid, other] = await follow(merchant, await someone(simulator, 2));
    const { accessToken } = await tokenOf(merchant);
    const { tag } = await platform<{ tag: { id: number } }>('/cgi-bin/tags/create', accessToken, { tag: { name: '老客' } });
    await platform('/cgi-bin/tags/members/batchtagging', accessToken, { openid_list: [openid], tagid: tag.id });
    await sync(merchant);
    const pulled = await as(merchant, () => t.get(AccountTagsService).pull(merchant.channelId));
    expect(pulled).toMatchObject([{ externalId: tag.id, name: '老客', count: 1, tagId: expect.any(String) }]);
    const tagsOf = async (id: string) => (await as(merchant, async () => t.get(TagsService).ofCustomers([(await person(merchant, id))!]))).map((one) => one.name);
    expect(await tagsOf(openid!)).toEqual(['老客']);
    expect(await tagsOf(other!)).toEqual([]);
  });

  it('are made there from ours, and put on the followers who have them here', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const openids = await follow(merchant, await someone(simulator, 60));
    await sync(merchant);
    const tag = await as(merchant, () => t.get(TagsService).create('生日月'));
    const people = await Promise.all(openids.slice(0, 55).map(async (openid) => (await person(merchant, openid))!));
    await as(merchant, () => t.get(TagsService).tag(people, tag.id));
    expect(await as(merchant, () => t.get(AccountTagsService).push(merchant.channelId, tag.id))).toMatchObject([{ name: '生日月', tagId: tag.id }]);
    await t.runJobs();
    const { accessToken } = await tokenOf(merchant);
    const { tags } = await platform<{ tags: { name: string; count: number }[] }>('/cgi-bin/tags/get', accessToken);
    expect(tags.find((one) => one.name === '生日月')?.count).toBe(55);
  });
});

describe('logging in on a web page', () => {
  it('sends the browser to WeChat and knows the follower who comes back', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const ids = await someone(simulator);
    const [openid] = await follow(merchant, ids);
    await sync(merchant);
    const tenantSlug = await slugOf(merchant);
    const login = await t.get(WebLoginService).address({ tenantSlug, page: `/p/${tenantSlug}/wallet?x=1`, state: 'abcdefgh1', scope: 'base' });
    expect(login).toMatchObject({ appId: merchant.appId });
    const back = await simulator.call<{ redirect: string; code: string }>('POST', `/sim/people/${ids[0]!}/oauth`, { url: login!.url });
    expect(back.redirect).toContain('state=abcdefgh1');
    const session = await t.get(PlayerService).signIn({ tenantSlug, appId: merchant.appId, code: back.code });
    expect(session).toMatchObject({ customerId: await person(merchant, openid!) });
    expect(await t.get(PlayerService).signIn({ tenantSlug, appId: merchant.appId, code: back.code })).toMatchObject({ code: 'code_invalid', details: { problem: 'code_used' } });
  });

  it('makes nobody of a snapshot page, and goes to no page but the shop\'s own', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const tenantSlug = await slugOf(merchant);
    const login = await t.get(WebLoginService).address({ tenantSlug, page: `/p/${tenantSlug}/wallet`, state: 'abcdefgh1', scope: 'base' });
    const back = await simulator.call<{ code: string }>('POST', `/sim/people/${(await someone(simulator))[0]!}/oauth`, { url: login!.url, snapshot: true });
    expect(await t.get(PlayerService).signIn({ tenantSlug, appId: merchant.appId, code: back.code })).toMatchObject({ code: 'code_invalid', details: { problem: 'snapshot_user' } });
    for (const page of ['https://evil.example/p/x', '//evil.example', `/p/${tenantSlug}evil`, '/login', `/p/${tenantSlug}/../../login`])
      await expect(t.get(WebLoginService).address({ tenantSlug, page, state: 'abcdefgh1', scope: 'base' })).rejects.toMatchObject({ kind: 'invalid', details: { field: 'page' } });
  });

  it('is not offered by a shop without a service account', async () => {
    const tenantSlug = await slugOf({ tenantId: await t.tenant() });
    expect(await t.get(WebLoginService).address({ tenantSlug, page: `/p/${tenantSlug}`, state: 'abcdefgh1', scope: 'base' })).toBeNull();
  });
});

describe('a phone number from the mini program', () => {
  it('becomes the customer\'s; its code works once', async () => {
    const merchant = await aMerchant(t, simulator);
    const [{ id, openid }] = (await somePeople(simulator, merchant.appId, 1)) as [Person];
    const customer = await as(merchant, () => t.get(IdentityService).resolve({ channelId: merchant.channelId, kind: 'openid', externalId: openid }));
    const { code } = await simulator.call<{ code: string }>('POST', `/sim/people/${id}/phone-number`, { appid: merchant.appId, number: '13800138000' });
    const share = () => as(merchant, () => t.get(WebLoginService).sharePhone(customer.customerId, { appId: merchant.appId, code }));
    expect(await share()).toEqual({ phone: '13800138000' });
    expect(await as(merchant, () => t.get(CustomersService).get(customer.customerId))).toMatchObject({ phone: '13800138000' });
    expect(await share()).toMatchObject({ code: 'platform_refused' });
    expect(await as(merchant, () => t.get(WebLoginService).sharePhone(customer.customerId, { appId: 'wxunknown', code }))).toMatchObject({ code: 'app_not_found' });
  });
});

/** The account's own token, as its owner would get one for another tool. */
async function tokenOf({ appId }: Merchant): Promise<{ accessToken: string }> {
  const answer = await simulator.call<{ access_token: string }>('POST', '/cgi-bin/stable_token', { grant_type: 'client_credential', appid: appId, secret: 'appsecret0123456789' });
  return { accessToken: answer.access_token };
}
const platform = <T>(path: string, token: string, body?: unknown) => simulator.call<T>(body === undefined ? 'GET' : 'POST', `${path}?access_token=${token}`, body);
