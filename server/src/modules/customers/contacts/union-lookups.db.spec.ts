import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ChannelsService } from '../../channels/index.js';
import { aMerchant } from '../../channels/testing/merchant.fixture.js';
import { IdentityService } from '../identity/identity.service.js';
import { UnionLookups } from './union-lookups.service.js';

let simulator: SimulatorProcess;
let t: TestApp;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url });
});
afterAll(async () => {
  await t?.stop();
  await simulator?.stop();
});

const post = async (path: string, body: object): Promise<Record<string, string>> => (await fetch(simulator.url + path, { method: 'POST', body: JSON.stringify(body) })).json() as Promise<Record<string, string>>;

/** A corp whose provider-developed app speaks for it: the permanent code stands where the secret does. */
async function aProvidedCorp(tenantId: string): Promise<{ channelId: string; corpid: string }> {
  const [corpid, suiteId, suiteSecret] = [`wwp${process.pid}`, 'dktemplate0009', 'suite-secret-0123456789'];
  await simulator.call('POST', '/sim/corps', { corpid, name: '甜甜烘焙', secret: 'own-secret-0123', agentid: 1000002, employees: [{ userid: 'zhang' }] });
  await simulator.call('POST', '/sim/suites', { suiteId, suiteSecret, commandUrl: '', token: 'SuiteToken1', aesKey: 's'.padEnd(43, 'S') });
  const { ticket } = await simulator.call<{ ticket: string }>('POST', `/sim/suites/${suiteId}/ticket`, {});
  const { authCode } = await simulator.call<{ authCode: string }>('POST', `/sim/suites/${suiteId}/authorise`, { corpid });
  const { suite_access_token: token } = await post('/cgi-bin/service/get_suite_token', { suite_id: suiteId, suite_secret: suiteSecret, suite_ticket: ticket });
  const { permanent_code: code = '' } = await post(`/cgi-bin/service/v2/get_permanent_code?suite_access_token=${token}`, { auth_code: authCode });
  const connected = await t.as(tenantId, () => t.get(ChannelsService).connect({ platform: 'wecom', name: '企微', appId: corpid, appSecret: code, agentId: '1000002', callbackMode: 'secure', callbackFormat: 'xml' }));
  if (isRefusal(connected)) throw new Error(JSON.stringify(connected));
  await t.sql(`update channels set authorisation = 'platform' where id = $1`, [connected.id]);
  return { channelId: connected.id, corpid };
}

it('joins a visitor with the contact they are, and asks about nobody twice in a week', async () => {
  const shop = await aMerchant(t, simulator);
  const { channelId, corpid } = await aProvidedCorp(shop.tenantId);
  const { people } = await simulator.call<{ people: { id: string; unionid: string }[] }>('POST', '/sim/people', { count: 2 });
  const openids: string[] = [];
  for (const person of people) {
    const { openid } = await simulator.call<{ openid: string }>('POST', `/sim/people/${person.id}/login`, { appid: shop.appId });
    await t.as(shop.tenantId, () => t.get(IdentityService).resolveMany(shop.channelId, 'openid', [openid]));
    await t.sql('update identities set union_id = $2 where channel_id = $1 and external_id = $3', [shop.channelId, person.unionid, openid]);
    openids.push(openid);
  }
  const [contact, stranger] = openids;
  await simulator.call('POST', `/sim/people/${people[0]?.id}/add-contact`, { corpid, userid: 'zhang' });
  const asked = async () => (await simulator.call<{ calls: Record<string, number> }>('GET', `/sim/corps/${corpid}/stats`)).calls['/cgi-bin/idconvert/unionid_to_external_userid'];
  await t.as(shop.tenantId, () => t.get(UnionLookups).run());
  expect(await asked()).toBe(2);
  const of = (openid = '') => t.sql<{ kind: string }>('select x.kind from identities i join identities x on x.customer_id = i.customer_id where i.external_id = $1 order by x.kind', [openid]);
  expect((await of(contact)).map((one) => one.kind)).toEqual(['external_userid', 'openid']);
  expect((await of(stranger)).map((one) => one.kind)).toEqual(['openid']);
  await t.as(shop.tenantId, () => t.get(UnionLookups).run());
  expect(await asked()).toBe(2);
  expect(await t.sql('select 1 from union_lookups where channel_id = $1', [channelId])).toHaveLength(2);
});
