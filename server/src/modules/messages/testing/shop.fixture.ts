// A merchant whose mini program stands at the simulator, with people who may be written to there and in our ledger alike.
import { newId } from '../../../core/ids.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import type { SimulatorProcess, TestApp } from '../../../core/testing/index.js';
import { ChannelsService } from '../../channels/index.js';
import { Ledger } from '../../consents/index.js';
import { IdentityService } from '../../customers/index.js';
import type { DispatchSpec } from '../plan.js';

export interface ShopPerson {
  simId: string;
  openid: string;
  customerId: string;
  identityId: string;
}

export interface Shop {
  tenantId: string;
  channelId: string;
  templateId: string;
  appId: string;
  people: ShopPerson[];
}

const TEMPLATE = { priTmplId: 'TPL_EXPIRY', title: '优惠券到期提醒', content: '券名称:{{thing1.DATA}}\n到期时间:{{time2.DATA}}\n', type: 2 };
const SECRET = 'appsecret0123456789';

/** @param permits sends that each person has granted, at the platform and in the ledger */
export async function aShop(t: TestApp, simulator: SimulatorProcess, count: number, permits = 1): Promise<Shop> {
  const appId = `wx${newId().replaceAll('-', '').slice(-16)}`;
  const account = { token: 'TokenOfShop', aesKey: 'k'.repeat(43) };
  await simulator.call('POST', '/sim/apps', { appid: appId, secret: SECRET, originalId: `gh_${appId}`, name: '甜甜烘焙', callbackUrl: '', ...account, mode: 'secure', format: 'json', templates: [TEMPLATE] });
  const tenantId = await t.tenant();
  const connected = await t.as(tenantId, () => t.get(ChannelsService).connect({ platform: 'wechat_mini_program', name: '甜甜烘焙', appId, appSecret: SECRET, callbackToken: account.token, aesKey: account.aesKey, callbackMode: 'secure', callbackFormat: 'json' }));
  if (isRefusal(connected)) throw new Error(`not connected: ${JSON.stringify(connected)}`);
  const channelId = connected.id;
  await t.sql('update channels set send_rate_per_second = 10000 where id = $1', [channelId]);
  const [template] = await t.sql<{ id: string }>('select id from message_templates where channel_id = $1', [channelId]);
  const shop = { tenantId, channelId, templateId: template!.id, appId, people: [] };
  return { ...shop, people: await newcomers(t, simulator, shop, { count, permits }) };
}

export async function newcomers(t: TestApp, simulator: SimulatorProcess, shop: Omit<Shop, 'people'>, { count, permits }: { count: number; permits: number }): Promise<ShopPerson[]> {
  const { people } = await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count });
  const known = await Promise.all(people.map(async ({ id }) => ({ simId: id, openid: (await simulator.call<{ openid: string }>('POST', `/sim/people/${id}/login`, { appid: shop.appId })).openid })));
  if (permits > 0) await simulator.call('POST', `/sim/apps/${shop.appId}/grants`, { templateId: TEMPLATE.priTmplId, count: permits, people: known.map((p) => p.simId) });
  return t.as(shop.tenantId, async () => {
    const resolved = await t.get(IdentityService).resolveMany(shop.channelId, 'openid', known.map((p) => p.openid));
    const made = known.map((p) => ({ ...p, ...resolved.get(p.openid)! }));
    await grant(t, shop, made, permits);
    return made;
  });
}

/** Grants in our ledger only: what the platform would call drift. */
export async function grant(t: TestApp, shop: Omit<Shop, 'people'>, people: readonly { identityId: string }[], permits: number): Promise<void> {
  const at = new Date(Date.now() - 60_000);
  const reports = people.flatMap(({ identityId }) => Array.from({ length: permits }, () => ({ identityId, kind: 'one_time_subscription', scope: shop.templateId, sourceKey: newId(), reportedBy: 'callback' as const, occurredAt: at })));
  await t.get(Ledger).accept(reports);
}

export function shopSpec(shop: Shop, more: Partial<DispatchSpec> = {}): DispatchSpec {
  return {
    dispatchId: newId(), purpose: 'recall', holdoutPercent: 0,
    contents: [{ kind: 'subscription', channelId: shop.channelId, templateId: shop.templateId, fields: { thing1: '满50减10', time2: '2026年12月1日 18:00' } }],
    ...more,
  };
}
