import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { AnalyticsModule } from './analytics.module.js';
import { HomeService } from './home.service.js';

// 18:00 in Shanghai
const NOW = new Date('2026-11-24T10:00:00.000Z');
const DAY = 86_400_000;
const ago = (days: number): Date => new Date(NOW.getTime() - days * DAY);

let t: TestApp;
let tenant: string;
const channel = newId();
const [ann, bo, chen, dan] = [newId(), newId(), newId(), newId()];

beforeAll(async () => {
  t = await startTestApp({}, [AnalyticsModule]);
  t.clock.set(NOW);
  tenant = await t.tenant();
  await scene();
});
afterAll(() => t.stop());

const put = (table: string, row: Record<string, unknown>): Promise<unknown> => {
  const columns = ['tenant_id', ...Object.keys(row)];
  return t.sql(`insert into ${table} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`, [tenant, ...Object.values(row)]);
};
const touch = (at: Date, customer: string | null, visitor: string) =>
  put('touches', { id: newId(), visitor_id: visitor, customer_id: customer, source: 'qr', occurred_at: at });
const claim = (at: Date, customer: string) => put('customer_events', { id: newId(), customer_id: customer, type: 'coupon.claimed', occurred_at: at });
async function recall(at: Date, customer: string, state = 'sent'): Promise<void> {
  const dispatch = newId();
  await put('dispatches', { id: dispatch, purpose: 'recall', spec: '{}' });
  await put('messages', {
    id: newId(), dispatch_id: dispatch, customer_id: customer, identity_id: customer, channel_id: channel, kind: 'one_time_subscription', scope: 'x',
    state, sent_at: state === 'sent' ? at : null,
  });
}

async function redeem(row: { at: Date; customer: string; fen: number; undone?: Date }): Promise<void> {
  const coupon = newId();
  await put('coupons', {
    id: coupon, template_id: template, customer_id: row.customer, number: (bought += 1), code: coupon, source_key: coupon,
    state: 'redeemed', usable_from: ago(40), expires_at: NOW,
  });
  await put('redemptions', { id: newId(), coupon_id: coupon, customer_id: row.customer, request_key: coupon, order_fen: row.fen, redeemed_at: row.at, undone_at: row.undone ?? null });
}
async function credit(row: { at: Date; customer: string; reason: string; change: number }): Promise<void> {
  const key = newId();
  await put('permit_credits', { id: newId(), channel_id: channel, identity_id: row.customer, kind: 'one_time_subscription', scope: 'x', change: row.change, reason: row.reason, source_key: key, occurred_at: row.at });
}
const template = newId();
let bought = 0;

async function scene(): Promise<void> {
  await put('channels', { id: channel, platform: 'wechat_mini_program', name: '店', app_id: 'wx', status: 'live' });
  await put('coupon_templates', { id: template, name: '券', kind: 'amount', value_fen: 100, stock: 9, remaining: 9, validity: 'relative', valid_days: 7 });
  for (const [id, days] of [[ann, 40], [bo, 20], [chen, 3], [dan, 1]] as const) {
    await put('customers', { id, created_at: ago(days) });
    await put('identities', { id, customer_id: id, channel_id: channel, kind: 'openid', external_id: id });
  }
  // a minute before and a minute after midnight in Shanghai
  await touch(new Date('2026-11-23T15:59:00Z'), bo, 'b');
  await touch(new Date('2026-11-23T16:01:00Z'), chen, 'c');
  await touch(ago(2), null, 'nobody-yet');
  await touch(ago(20), ann, 'a');
  await touch(ago(50), dan, 'd');
  await claim(ago(2), bo);
  await claim(ago(2), bo);
  await claim(ago(20), ann);
  await credit({ at: ago(2), customer: bo, reason: 'accepted', change: 1 });
  await credit({ at: ago(12), customer: ann, reason: 'accepted', change: 1 });
  await credit({ at: ago(1), customer: ann, reason: 'drift', change: -1 });
  await put('permits', { identity_id: bo, kind: 'one_time_subscription', scope: 'x', granted: 3, remaining: 3 });
  await put('permits', { identity_id: ann, kind: 'long_term_subscription', scope: 'x', granted: 1, remaining: null });
  await put('permits', { identity_id: bo, kind: 'service_window', scope: 'message', granted: 5, remaining: 5, expires_at: ago(-1) });
  await put('permits', { identity_id: chen, kind: 'service_window', scope: 'message', granted: 5, remaining: 5, expires_at: ago(1) });
  await recall(ago(3), bo); // came back by a visit
  await recall(ago(9), ann); // came back too late to count, then bought
  await recall(ago(5), chen); // came back
  await recall(ago(5), dan); // did not
  await recall(ago(4), ann, 'unknown');
  await redeem({ at: ago(1), customer: chen, fen: 8_800 });
  await redeem({ at: ago(1.5), customer: ann, fen: 1_200 });
  await redeem({ at: ago(1), customer: dan, fen: 9_900, undone: NOW });
}

describe('the home page', () => {
  const home = () => t.as(tenant, () => t.get(HomeService).home());

  it('adds up the week and what stands now', async () => {
    expect(await home()).toMatchObject({
      customers: 4, newCustomers7d: 2, permitsRemaining: 3, permitsEarned7d: 1, claims7d: 2, redeemed7d: 2, revenue7dFen: 10_000,
      returned7d: 2, openWindows: 1, drift: 1, unknownMessages: 1,
    });
  });

  it('draws fourteen days of the merchant’s own calendar', async () => {
    const { daily } = await home();
    expect(daily).toHaveLength(14);
    expect(daily[0]).toEqual({ day: '2026-11-11', visits: 0, claims: 0, accepts: 0, redeemed: 0 });
    expect(daily.slice(-3)).toEqual([
      { day: '2026-11-22', visits: 1, claims: 2, accepts: 1, redeemed: 0 },
      { day: '2026-11-23', visits: 1, claims: 0, accepts: 0, redeemed: 2 },
      { day: '2026-11-24', visits: 1, claims: 0, accepts: 0, redeemed: 0 },
    ]);
  });

  it('follows people around the loop', async () => {
    const { funnel } = await home();
    expect(funnel).toEqual([
      { key: 'visited', people: 4 }, { key: 'claimed', people: 2 }, { key: 'accepted', people: 2 },
      { key: 'recalled', people: 4 }, { key: 'returned', people: 2 }, { key: 'redeemed', people: 1 },
    ]);
  });

  it('of a new merchant is all zeros, and shows nothing of others', async () => {
    const empty = await t.as(await t.tenant(), () => t.get(HomeService).home());
    expect(empty).toMatchObject({ customers: 0, revenue7dFen: 0, unknownMessages: 0, drift: 0 });
    expect(empty.daily.every((day) => day.visits + day.claims + day.accepts + day.redeemed === 0)).toBe(true);
    expect(empty.funnel.every((step) => step.people === 0)).toBe(true);
  });
});
