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
