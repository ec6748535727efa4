// A merchant with a channel, a template and people known at it: the scene of the ledger's and the planner's database specs.
import { newId } from '../../../core/ids.js';
import type { TestApp } from '../../../core/testing/index.js';

export interface Scene {
  tenantId: string;
  channelId: string;
  templateId: string;
  templateExternalId: string;
}

export interface KnownPerson {
  customerId: string;
  identityId: string;
  openid: string;
}

const FIELDS = [{ key: 'thing1', type: 'thing', label: '券名称' }, { key: 'time2', type: 'time', label: '到期时间' }];

/** @param tenantId an existing tenant, for a second channel of the same merchant */
export async function aScene(t: TestApp, tenantId?: string): Promise<Scene> {
  const scene = { tenantId: tenantId ?? (await t.tenant()), channelId: newId(), templateId: newId(), templateExternalId: `TPL_${newId()}` };
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id, status) values ($1, $2::uuid, 'wechat_mini_program', '小程序', 'wx' || $2::text, 'live')`, [scene.tenantId, scene.channelId]);
  await t.sql(
    `insert into message_templates (tenant_id, id, channel_id, external_id, title, content, fields) values ($1, $2, $3, $4, '优惠券到期提醒', '', $5)`,
    [scene.tenantId, scene.templateId, scene.channelId, scene.templateExternalId, JSON.stringify(FIELDS)]);
  return scene;
}

/** @param names one person each; null for somebody whose name we do not know */
export async function people(t: TestApp, scene: Scene, names: readonly (string | null)[]): Promise<KnownPerson[]> {
  const made = names.map((name) => ({ name, customerId: newId(), identityId: newId(), openid: `o${newId()}` }));
  await t.sql('insert into customers (tenant_id, id, name) select $1, * from unnest($2::uuid[], $3::text[])', [scene.tenantId, made.map((m) => m.customerId), made.map((m) => m.name)]);
  await t.sql(
    `insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id) select $1, i.id, i.customer, $2, 'openid', i.openid from unnest($3::uuid[], $4::uuid[], $5::text[]) as i(id, customer, openid)`,
    [scene.tenantId, scene.channelId, made.map((m) => m.identityId), made.map((m) => m.customerId), made.map((m) => m.openid)]);
  return made;
}

/** Stored and opened callbacks; returns their ids. */
export async function inbound(t: TestApp, scene: Scene, events: readonly (readonly Record<string, unknown>[])[]): Promise<string[]> {
  const rows = events.map((event) => ({ id: newId(), event }));
  for (const { id, event } of rows) {
    await t.sql(`insert into inbound (tenant_id, id, channel_id, dedup_key, body, events, processed_at) values ($1, $2::uuid, $3, $2::text, '{}', $4, now())`, [scene.tenantId, id, scene.channelId, JSON.stringify(event)]);
  }
  return rows.map(({ id }) => id);
}
