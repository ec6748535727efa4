// People in every state that matters to the planner, set up straight in the tables, with the credits that make the books balance.
import { newId } from '../../../core/ids.js';
import type { TestApp } from '../../../core/testing/index.js';
import { aScene, people as peopleOf, type KnownPerson, type Scene } from '../../consents/testing/scene.fixture.js';
import type { Cap, DispatchSpec, Rung } from '../plan.js';

export interface Person {
  name: string | null;
  isOptedOut: boolean;
  hasWithdrawn: boolean;
  identity: 'known' | 'revoked' | 'none';
  permits: number;
  window: 'none' | 'open' | 'closing' | 'over' | 'used';
  /** Permits for the template of the second channel. */
  otherPermits: number;
  sentToday: number;
  coupon: 'none' | 'claimed' | 'over';
}

export interface Stage {
  people: Person[];
  isOtherPaused: boolean;
  holdoutPercent: number;
  cap: Cap | null;
  needsName: boolean;
  needsCoupon: boolean;
  ladder: ('window' | 'subscription' | 'other')[];
}

export interface Merchant extends Scene {
  other: Scene;
  people: KnownPerson[];
  /** Sends in windows that are over but not yet closed by the clock, or of revoked identities: in the books, but of no use. */
  windowLeftovers: number;
}

const WINDOW_SECONDS = { none: 0, open: 3600, closing: 60, over: -10, used: 3600 } as const;

export async function aMerchantWith(t: TestApp, stage: Stage, now: Date): Promise<Merchant> {
  const scene = await aScene(t);
  const other = await aScene(t, scene.tenantId);
  if (stage.isOtherPaused) await t.sql(`update channels set status = 'paused' where id = $1`, [other.channelId]);
  const known = await peopleOf(t, scene, stage.people.map((one) => one.name));
  const couponTemplate = newId();
  await t.sql(
    `insert into coupon_templates (tenant_id, id, name, kind, value_fen, stock, remaining, validity, valid_days) values ($1, $2, '满50减10', 'amount', 1000, 100000, 100000, 'relative', 7)`,
    [scene.tenantId, couponTemplate]);
  let windowLeftovers = 0;
  for (const [at, one] of stage.people.entries()) windowLeftovers += await settle(t, { scene, other, couponTemplate, now }, one, known[at]!);
  return { ...scene, other, people: known, windowLeftovers };
}

interface Setting {
  scene: Scene;
  other: Scene;
  couponTemplate: string;
  now: Date;
}

async function settle(t: TestApp, { scene, other, couponTemplate, now }: Setting, one: Person, { customerId, identityId, openid }: KnownPerson): Promise<number> {
  const tenant = scene.tenantId;
  if (one.isOptedOut) await t.sql('update customers set opted_out_at = $2 where id = $1', [customerId, now]);
  if (one.hasWithdrawn) {
    await t.sql(`insert into consents (tenant_id, id, customer_id, purpose, action, basis, text_version, place, occurred_at) values ($1, $2, $3, 'marketing', 'withdrawn', 'consent', 'v1', 'test', $4)`, [tenant, newId(), customerId, now]);
  }
  if (one.sentToday > 0) await t.sql('insert into message_counts (tenant_id, customer_id, day, count) values ($1, $2, ($3::timestamptz at time zone \'Asia/Shanghai\')::date, $4)', [tenant, customerId, now, one.sentToday]);
  if (one.coupon !== 'none') {
    const expires = new Date(now.getTime() + (one.coupon === 'claimed' ? 86_400_000 : -1000));
    await t.sql(`insert into coupons (tenant_id, id, template_id, customer_id, number, code, source_key, usable_from, expires_at) values ($1, $2::uuid, $3, $4, 1, $2::text, $2::text, $5, $6)`, [tenant, newId(), couponTemplate, customerId, now, expires]);
  }
  const otherIdentity = newId();
  await t.sql(`insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id) values ($1, $2, $3, $4, 'openid', $5)`, [tenant, otherIdentity, customerId, other.channelId, `x${openid}`]);
  const window = one.window === 'none' || one.window === 'used' ? 0 : 5;
  await permit(t, tenant, { identityId, kind: 'one_time_subscription', scope: scene.templateId, remaining: one.permits });
  await permit(t, tenant, { identityId: otherIdentity, kind: 'one_time_subscription', scope: other.templateId, remaining: one.otherPermits });
  if (one.window !== 'none') await permit(t, tenant, { identityId, kind: 'service_window', scope: 'message', remaining: window, expiresAt: new Date(now.getTime() + WINDOW_SECONDS[one.window] * 1000) });
  if (one.identity === 'known') return one.window === 'over' ? window : 0;
  await t.sql('update identities set revoked_at = $2 where customer_id = $1', [customerId, now]);
  if (one.identity === 'none') await t.sql('delete from identities where customer_id = $1', [customerId]); // permits and credits go with it
  return one.identity === 'revoked' ? one.permits + one.otherPermits + window : 0;
}

/** A permit with the credit that explains it. */
async function permit(t: TestApp, tenantId: string, p: { identityId: string; kind: string; scope: string; remaining: number; expiresAt?: Date }): Promise<void> {
  await t.sql('insert into permits (tenant_id, identity_id, kind, scope, granted, remaining, expires_at) values ($1, $2, $3, $4, $5, $5, $6)', [tenantId, p.identityId, p.kind, p.scope, p.remaining, p.expiresAt ?? null]);
  await t.sql(
    `insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, occurred_at)
     select $1, $2::uuid, channel_id, $3, $4, $5, $6, 'accepted', $2::text, now() from identities where id = $3`, [tenantId, newId(), p.identityId, p.kind, p.scope, p.remaining]);
}

/** A fresh dispatch over this stage's ladder. */
export function specFor(merchant: Merchant, stage: Stage): DispatchSpec {
  const name = stage.needsName ? '{{customer.name}}' : '{{customer.name | default: "您"}}';
  const coupon = stage.needsCoupon ? '{{coupon.name}}' : '满50减10';
  const fields = { thing1: coupon, time2: '2026年12月1日 18:00' };
  const rungs: Record<Stage['ladder'][number], Rung> = {
    window: { kind: 'window', channelId: merchant.channelId, text: `${name}好，回来看看` },
    subscription: { kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templateId, fields },
    other: { kind: 'subscription', channelId: merchant.other.channelId, templateId: merchant.other.templateId, fields },
  };
  return { dispatchId: newId(), purpose: 'recall', contents: stage.ladder.map((rung) => rungs[rung]), holdoutPercent: stage.holdoutPercent, cap: stage.cap ?? undefined };
}
