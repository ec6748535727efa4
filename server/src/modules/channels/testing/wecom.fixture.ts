// A merchant with a connected WeCom corp on the simulator, its callbacks coming in when a door is open.
import type { SimulatorProcess, TestApp } from '../../../core/testing/index.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { ChannelsService } from '../channels.service.js';
import { SECRET, type Merchant } from './merchant.fixture.js';

let made = 0;

export const EMPLOYEES = ['zhangsan', 'lisi', 'wangwu'];

/** A tenant, a corp at the simulator with three employees, and the channel between them. */
export async function aCorp(t: TestApp, simulator: SimulatorProcess, how: { origin?: string; settings?: Record<string, unknown>; tenantId?: string } = {}): Promise<Merchant> {
  made += 1;
  const appId = `ww${process.pid}c${made}`;
  const account = { token: `Token${made}`, aesKey: `w${made}`.padEnd(43, 'W') };
  await simulator.call('POST', '/sim/corps', {
    corpid: appId, name: '甜甜烘焙', secret: SECRET, agentid: 1000002, ...account, employees: EMPLOYEES.map((userid) => ({ userid, name: userid })), settings: how.settings ?? {},
  });
  const tenantId = how.tenantId ?? (await t.tenant());
  const connected = await t.as(tenantId, () =>
    t.get(ChannelsService).connect({
      platform: 'wecom', name: '甜甜企微', appId, appSecret: SECRET, agentId: '1000002', callbackToken: account.token, aesKey: account.aesKey, callbackMode: 'secure', callbackFormat: 'xml',
    }));
  if (isRefusal(connected)) throw new Error(`not connected: ${JSON.stringify(connected)}`);
  if (how.origin) await simulator.call('PATCH', `/sim/corps/${appId}`, { callbackUrl: `${how.origin}/hooks/wecom/${connected.id}` });
  return { tenantId, channelId: connected.id, appId, ...account };
}
