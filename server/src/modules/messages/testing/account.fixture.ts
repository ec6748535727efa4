// A merchant whose service account stands at the simulator, with followers known there and here.
import { isRefusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import type { SimulatorProcess, TestApp } from '../../../core/testing/index.js';
import { ChannelsService } from '../../channels/index.js';
import { IdentityService } from '../../customers/index.js';
import type { ShopPerson } from './shop.fixture.js';

export interface Account {
  tenantId: string;
  channelId: string;
  appId: string;
  /** A template message's template. */
  noticeId: string;
  fans: ShopPerson[];
}

const NOTICE = { templateId: 'NOTICE_1', title: '积分变动提醒', content: '{{thing1.DATA}}\n时间：{{time2.DATA}}' };
const SECRET = 'appsecret0123456789';

export async function anAccount(t: TestApp, simulator: SimulatorProcess, followers: number): Promise<Account> {
  const appId = `wx${newId().replaceAll('-', '').slice(-16)}`;
  const account = { token: 'TokenOfAccount', aesKey: 'k'.repeat(43) };
  await simulator.call('POST', '/sim/apps', { kind: 'service_account', appid: appId, secret: SECRET, originalId: `gh_${appId}`, name: '甜甜烘焙', callbackUrl: '', ...account, mode: 'secure', messageTemplates: [NOTICE] });
  const tenantId = await t.tenant();
  const connected = await t.as(tenantId, () => t.get(ChannelsService).connect({ platform: 'wechat_official_account', name: '甜甜烘焙', appId, appSecret: SECRET, callbackToken: account.token, aesKey: account.aesKey, callbackMode: 'secure', callbackFormat: 'xml' }));
  if (isRefusal(connected)) throw new Error(`not connected: ${JSON.stringify(connected)}`);
  const channelId = connected.id;
  const [notice] = await t.sql<{ id: string }>(`select id from message_templates where channel_id = $1 and kind = 'notice'`, [channelId]);
  const { people } = await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count: followers });
  const known = await Promise.all(people.map(async ({ id }) => ({ simId: id, openid: (await simulator.call<{ openid: string }>('POST', `/sim/people/${id}/follow`, { appid: appId })).openid })));
  const fans = await t.as(tenantId, async () => {
    const resolved = await t.get(IdentityService).resolveMany(channelId, 'openid', known.map((one) => one.openid));
    return known.map((one) => ({ ...one, ...resolved.get(one.openid)! }));
  });
  return { tenantId, channelId, appId, noticeId: notice?.id ?? '', fans };
}

export interface Corp {
  tenantId: string;
  channelId: string;
  corpId: string;
  contacts: ShopPerson[];
}

/** A corp at the simulator whose employees share `size` contacts evenly. */
export async function aCorp(t: TestApp, simulator: SimulatorProcess, employees: readonly string[], size: number): Promise<Corp> {
  const corpId = `ww${newId().replaceAll('-', '').slice(-16)}`;
  await simulator.call('POST', '/sim/corps', { corpid: corpId, name: '甜甜烘焙', secret: SECRET, agentid: 1000002, employees: employees.map((userid) => ({ userid })) });
  const tenantId = await t.tenant();
  const connected = await t.as(tenantId, () => t.get(ChannelsService).connect({ platform: 'wecom', name: '甜甜烘焙企微', appId: corpId, appSecret: SECRET, agentId: '1000002', callbackToken: 'TokenOfCorp', aesKey: 'k'.repeat(43), callbackMode: 'secure', callbackFormat: 'xml' }));
  if (isRefusal(connected)) throw new Error(`not connected: ${JSON.stringify(connected)}`);
  const added = await Promise.all(employees.map((userid) => simulator.call<{ added: { id: string; externalUserid: string }[] }>('POST', '/sim/contacts', { corpid: corpId, userid, count: size / employees.length, events: false })));
  const known = added.flatMap((one) => one.added.map(({ id, externalUserid }) => ({ simId: id, openid: externalUserid })));
  const contacts = await t.as(tenantId, async () => {
    const resolved = await t.get(IdentityService).resolveMany(connected.id, 'external_userid', known.map((one) => one.openid));
    return known.map((one) => ({ ...one, ...resolved.get(one.openid)! }));
  });
  return { tenantId, channelId: connected.id, corpId, contacts };
}
