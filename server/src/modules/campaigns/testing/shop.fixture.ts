// A shop with people on the simulator, set up so that its campaigns really send: the scene of this module's database specs.
import { EVERYONE, type SegmentRule } from '@huiliu/shared';
import { newId } from '../../../core/ids.js';
import type { SimulatorProcess, TestApp } from '../../../core/testing/index.js';
import { aMerchant, somePeople, TEMPLATE, type Merchant } from '../../channels/testing/merchant.fixture.js';
import { SegmentsService } from '../../segments/index.js';
import type { CampaignInput } from '../campaign-input.js';

export interface Customer {
  /** Customer and identity share one id here. */
  id: string;
  /** The simulator's person. */
  person: string;
  openid: string;
}
export interface Shop extends Merchant {
  templateId: string;
  segmentId: string;
  customers: Customer[];
}

/**
 * @param people how many customers know the program; the first `permitted` of them accepted one reminder, at the platform and in our books.
 */
export async function aShop(t: TestApp, simulator: SimulatorProcess, size: { people: number; permitted: number }, rule: SegmentRule = EVERYONE): Promise<Shop> {
  const merchant = await aMerchant(t, simulator);
  const { tenantId, channelId, appId } = merchant;
  const known = await somePeople(simulator, appId, size.people);
  const customers = known.map(({ id: person, openid }) => ({ id: newId(), person, openid }));
  const rows = JSON.stringify(customers);
  await t.sql('insert into customers (tenant_id, id) select $1, id from jsonb_to_recordset($2::jsonb) as r(id uuid)', [tenantId, rows]);
  await t.sql(
    `insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id)
     select $1, id, id, $3, 'openid', openid from jsonb_to_recordset($2::jsonb) as r(id uuid, openid text)`, [tenantId, rows, channelId]);
  const [template] = await t.sql<{ id: string }>('select id from message_templates where channel_id = $1', [channelId]);
  const templateId = template!.id;
  await permit(t, { tenantId, channelId, templateId }, customers.slice(0, size.permitted));
  for (const { person } of customers.slice(0, size.permitted))
    await simulator.call('POST', `/sim/people/${person}/prompt`, { appid: appId, templateIds: [TEMPLATE.priTmplId], answers: { [TEMPLATE.priTmplId]: 'accept' } });
  const segment = await t.as(tenantId, () => t.get(SegmentsService).save(undefined, '大家', rule));
  return { ...merchant, templateId, segmentId: segment.id, customers };
}

/** One reminder each, with the credit that explains it. */
async function permit(t: TestApp, at: { tenantId: string; channelId: string; templateId: string }, customers: readonly Customer[]): Promise<void> {
  const values = [at.tenantId, at.templateId, customers.map(({ id }) => id)];
  await t.sql(
    `insert into permits (tenant_id, identity_id, kind, scope, granted, remaining) select $1, id, 'one_time_subscription', $2, 1, 1 from unnest($3::uuid[]) as id`, values);
  await t.sql(
    `insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, occurred_at)
     select $1, gen_random_uuid(), $4, id, 'one_time_subscription', $2, 1, 'accepted', id::text, now() from unnest($3::uuid[]) as id`, [...values, at.channelId]);
}

/** A campaign over the shop's segment with one reminder, no hold-out and no quiet hours, unless said otherwise. */
export function aCampaign(shop: Shop, change: Partial<CampaignInput> = {}): CampaignInput {
  return {
    name: '唤醒', segmentId: shop.segmentId, holdoutPercent: 0, capMessages: null, capDays: null, quietFrom: null, quietUntil: null, attributionDays: 7,
    contents: [{ kind: 'subscription', channelId: shop.channelId, templateId: shop.templateId, fields: { thing1: '满50减10券', time2: '2026年12月1日 18:00' } }],
    ...change,
  };
}
