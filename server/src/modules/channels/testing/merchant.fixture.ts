// A merchant with a connected mini program on the simulator: the scene that the database specs of this module share.
import type { SimulatorProcess, TestApp } from '../../../core/testing/index.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import type { CallbackFormat, CallbackMode } from '../adapter.js';
import { ChannelsService } from '../channels.service.js';

export const TEMPLATE = { priTmplId: 'TPL_EXPIRY', title: '优惠券到期提醒', content: '券名称:{{thing1.DATA}}\n到期时间:{{time2.DATA}}\n', type: 2 };
export const SECRET = 'appsecret0123456789';

export interface Merchant {
  tenantId: string;
  channelId: string;
  appId: string;
  token: string;
  aesKey: string;
}

let made = 0;

/** A tenant, an app at the simulator with one template, and the channel between them. */
export async function aMerchant(t: TestApp, simulator: SimulatorProcess, how: { mode?: CallbackMode; format?: CallbackFormat } = {}): Promise<Merchant> {
  made += 1;
  const appId = `wx${process.pid}a${made}`;
  const { mode = 'secure', format = 'json' } = how;
  const account = { token: `Token${made}`, aesKey: `k${made}`.padEnd(43, 'K') };
  await simulator.call('POST', '/sim/apps', { appid: appId, secret: SECRET, originalId: `gh_${appId}`, name: '甜甜烘焙', callbackUrl: '', ...account, mode, format, templates: [TEMPLATE] });
  const tenantId = await t.tenant();
  const connected = await t.as(tenantId, () =>
    t.get(ChannelsService).connect({
      platform: 'wechat_mini_program', name: '甜甜烘焙', appId, appSecret: SECRET, originalId: `gh_${appId}`,
      callbackToken: account.token, aesKey: account.aesKey, callbackMode: mode, callbackFormat: format,
    }));
  if (isRefusal(connected)) throw new Error(`not connected: ${JSON.stringify(connected)}`);
  return { tenantId, channelId: connected.id, appId, ...account };
}

export interface Person {
  id: string;
  openid: string;
}

/** People who have opened the mini program. */
export async function somePeople(simulator: SimulatorProcess, appId: string, count: number): Promise<Person[]> {
  const { people } = await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count });
  return Promise.all(people.map(async ({ id }) => ({ id, openid: (await simulator.call<{ openid: string }>('POST', `/sim/people/${id}/login`, { appid: appId })).openid })));
}
