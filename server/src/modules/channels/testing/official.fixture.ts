// A merchant with a connected service account on the simulator, and its callbacks coming in.
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLog } from '../../../core/log.js';
import type { SimulatorProcess, TestApp } from '../../../core/testing/index.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { createHttpApp } from '../../../http-app.js';
import { ChannelsService } from '../channels.service.js';
import { SECRET, TEMPLATE, type Merchant } from './merchant.fixture.js';

export const NOTICE = { templateId: 'NOTICE_POINTS', title: '积分变动提醒', content: '变动说明:{{thing1.DATA}}\n变动金额:{{amount2.DATA}}\n' };

/** An HTTP door for the platform's callbacks. */
export async function anOpenDoor(t: TestApp): Promise<{ http: NestFastifyApplication; origin: string }> {
  const http = await createHttpApp(t.config, createLog('silent', 'http'));
  await http.listen(0, '127.0.0.1');
  return { http, origin: `http://127.0.0.1:${(http.getHttpServer().address() as AddressInfo).port}` };
}

let made = 0;

/** A tenant, a service account at the simulator, and the channel between them; callbacks go to `origin` when given. */
export async function aServiceAccount(t: TestApp, simulator: SimulatorProcess, how: { tenantId?: string; origin?: string; app?: Record<string, unknown> } = {}): Promise<Merchant> {
  made += 1;
  const appId = `wx${process.pid}s${made}`;
  const account = { token: `Token${made}`, aesKey: `s${made}`.padEnd(43, 'S') };
  await simulator.call('POST', '/sim/apps', {
    kind: 'service_account', appid: appId, secret: SECRET, originalId: `gh_${appId}`, name: '甜甜服务号', callbackUrl: '', ...account, mode: 'secure', format: 'xml',
    templates: [TEMPLATE], messageTemplates: [NOTICE], ...how.app,
  });
  const tenantId = how.tenantId ?? (await t.tenant());
  const connected = await t.as(tenantId, () =>
    t.get(ChannelsService).connect({
      platform: 'wechat_official_account', name: '甜甜服务号', appId, appSecret: SECRET, originalId: `gh_${appId}`, accountType: 'service',
      callbackToken: account.token, aesKey: account.aesKey, callbackMode: 'secure', callbackFormat: 'xml',
    }));
  if (isRefusal(connected)) throw new Error(`not connected: ${JSON.stringify(connected)}`);
  if (how.origin) await simulator.call('PATCH', `/sim/apps/${appId}`, { callbackUrl: `${how.origin}/hooks/wechat/${connected.id}` });
  return { tenantId, channelId: connected.id, appId, ...account };
}

/** People at the simulator; their ids. */
export async function someone(simulator: SimulatorProcess, count = 1): Promise<string[]> {
  return (await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count })).people.map((person) => person.id);
}
