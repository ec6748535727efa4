import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { aScene, people as peopleOf, type Scene } from '../consents/testing/scene.fixture.js';
import { CampaignsModule } from './campaigns.module.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { ChunksRepository } from './chunks.repository.js';
import { ReportService } from './report.service.js';
import { upliftOf } from './uplift.js';

const SENT = new Date('2026-11-10T02:00:00.000Z');
const after = (days: number): Date => new Date(SENT.getTime() + days * 86_400_000);

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({}, [CampaignsModule]);
});
afterAll(() => t.stop());

const put = (tenant: string, table: string, row: Record<string, unknown>): Promise<unknown> => {
  const columns = ['tenant_id', ...Object.keys(row)];
  return t.sql(`insert into ${table} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`, [tenant, ...Object.values(row)]);
};

interface Deed {
  state: string;
  visitAt?: number;
  redeemAt?: number;
  fen?: number | null;
  isUndone?: boolean;
  isOutOfReach?: boolean;
}

/** A launched campaign whose messages and their sequels are as told; days count from the sending. */
async function aCampaignWith(deeds: readonly Deed[]): Promise<{ scene: Scene; campaignId: string }> {
  const scene = await aScene(t);
  const tenant = scene.tenantId;
  const known = await peopleOf(t, scene, deeds.map(() => null));
  const [segmentId, campaignId, couponTemplate] = [newId(), newId(), newId()];
  await put(tenant, 'segments', { id: segmentId, name: '大家', rule: '{"version":1,"root":{"and":[]}}' });
  await put(tenant, 'campaigns', { id: campaignId, name: '唤醒', segment_id: segmentId, state: 'completed', attribution_days: 7, audience: deeds.length });
  await put(tenant, 'dispatches', { id: campaignId, purpose: 'recall', spec: '{"contents":[]}', state: 'done' });
  await put(tenant, 'coupon_templates', { id: couponTemplate, name: '券', kind: 'amount', value_fen: 100, stock: 99, remaining: 99, validity: 'relative', valid_days: 7 });
  for (const [index, deed] of deeds.entries()) {
    const { customerId, identityId } = known[index]!;
    await put(tenant, 'messages', {
      id: newId(), dispatch_id: campaignId, customer_id: customerId, identity_id: identityId, channel_id: scene.channelId, kind: 'one_time_subscription', scope: scene.templateId,
      state: deed.state, arm: deed.state === 'held_back' ? 'holdout' : 'send', content_index: deed.isOutOfReach ? null : 0, due_at: SENT, sent_at: deed.state === 'sent' ? SENT : null,
    });
    if (deed.visitAt !== undefined) await put(tenant, 'touches', { id: newId(), visitor_id: 'v', customer_id: customerId, source: 'recall', occurred_at: after(deed.visitAt) });
    if (deed.redeemAt === undefined) continue;
    const coupon = newId();
    await put(tenant, 'coupons', { id: coupon, template_id: couponTemplate, customer_id: customerId, number: 1, code: coupon, source_key: coupon, state: 'redeemed', usable_from: SENT, expires_at: after(30) });
    await put(tenant, 'redemptions', { id: newId(), coupon_id: coupon, customer_id: customerId, request_key: coupon, order_fen: deed.fen ?? null, redeemed_at: after(deed.redeemAt), undone_at: deed.isUndone ? after(9) : null });
  }
  return { scene, campaignId };
}

const report = async (deeds: readonly Deed[]) => {
  const { scene, campaignId } = await aCampaignWith(deeds);
  return t.as(scene.tenantId, async () => {
    const campaign = await t.get(TenantDb).read(() => t.get(CampaignsRepository).byId(campaignId));
    return t.get(ReportService).report(campaign!);
  });
};

describe('the report of a campaign', () => {
  it('counts returns and sales of both arms inside the attribution window', async () => {
    const found = await report([
      { state: 'sent', visitAt: 1 },
      { state: 'sent', visitAt: 7, redeemAt: 7, fen: 5_000 }, // the last moment counts
      { state: 'sent', redeemAt: 2, fen: 3_000 }, // straight to the till is a return too
      { state: 'sent', redeemAt: 2, fen: null }, // the till gave no amount
      { state: 'sent', redeemAt: 2, fen: 9_900, isUndone: true },
      { state: 'sent', visitAt: 7.001 }, // too late
      { state: 'sent', visitAt: -0.001, redeemAt: -1, fen: 100 }, // before the message
      { state: 'sent' },
      { state: 'refused', visitAt: 1 },
      { state: 'held_back', visitAt: 3 },
      { state: 'held_back', visitAt: 8 },
      { state: 'held_back', redeemAt: 1, fen: 700 },
      { state: 'held_back' },
      { state: 'held_back', isOutOfReach: true, visitAt: 1 }, // would not have been reached: no one to compare with
    ]);
    expect(found).toMatchObject({ sent: 8, refused: 1, returned: 4, redeemed: 3, revenueFen: 8_000, holdout: 4, holdoutReturned: 2, holdoutRedeemed: 1, uplift: 0 });
    expect(found.upliftInterval).toEqual(upliftOf({ people: 8, returned: 4 }, { people: 4, returned: 2 })?.interval);
  });

  it('claims no uplift without a hold-out', async () => {
    expect(await report([{ state: 'sent', visitAt: 1 }])).toMatchObject({ returned: 1, holdout: 0, uplift: null, upliftInterval: null });
  });
});

describe('the chunks of an audience', () => {
  const cut = async (count: number, size: number) => {
    const { scene, campaignId } = await aCampaignWith([]);
    const known = await peopleOf(t, scene, Array.from({ length: count }, () => null));
    await peopleOf(t, await aScene(t), [null, null]);
    const chunks = await t.as(scene.tenantId, () => t.get(TenantDb).write(async () => {
      const made = await t.get(ChunksRepository).cut(campaignId, size);
      return t.get(TenantDb).query<{ number: number; people: string[] }>(
        `select number, array(select c.id from customers c where c.id > k.from_id and c.id <= k.to_id order by 1) as people
         from campaign_chunks k where campaign_id = $1 and $2::int >= 0 order by number`, [campaignId, made]);
    }));
    return { chunks, ids: known.map(({ customerId }) => customerId).toSorted() };
  };

  it.each([[0, 3], [1, 3], [3, 3], [7, 3], [9, 3]])('hold each of %i people once, %i at a time', async (count, size) => {
    const { chunks, ids } = await cut(count, size);
    expect(chunks.map((chunk) => chunk.number)).toEqual(Array.from({ length: Math.ceil(count / size) }, (_, index) => index));
    expect(chunks.flatMap((chunk) => chunk.people)).toEqual(ids);
    expect(chunks.every((chunk) => chunk.people.length <= size)).toBe(true);
  });
});
