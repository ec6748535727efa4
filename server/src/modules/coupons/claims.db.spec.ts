import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Events } from '../../core/events/events.js';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { IdentityService, TimelineService } from '../customers/index.js';
import { ClaimsRepository } from './claims/claims.repository.js';
import { CouponClaims, type ClaimOutcome } from './claims/coupon-claims.service.js';
import { isCouponCode } from './coupon-code.js';
import type { TemplateInput } from './coupon-template.js';
import { CouponsService } from './coupons.service.js';
import { RedemptionsService } from './redemptions/redemptions.service.js';

let t: TestApp;
let shop: string;
let people: string[];
const fifty = <T>(work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: 50 }, (_, i) => work(i)));
const count = (outcomes: ClaimOutcome[], outcome: string) => outcomes.filter((o) => o.outcome === outcome).length;

const template = (more: Partial<TemplateInput> = {}) =>
  t.as(shop, () => t.get(CouponsService).create({ name: '8 折券', kind: 'percent', percentOff: 20, stock: 100, validity: 'relative', validDays: 7, ...more }));
const claim = (templateId: string, customerId: string, service = t.get(CouponClaims), offerId?: string) =>
  t.as(shop, () => service.claim({ templateId, customerId, offerId }));
/** Another process: its own line, the same database. */
const secondProcess = () => new CouponClaims(t.get(TenantDb), t.clock, t.get(Events), t.get(ClaimsRepository), t.get(TimelineService));

async function books(templateId: string): Promise<{ remaining: number; held: number; people: number; facts: number }> {
  const [row] = await t.sql<{ remaining: number; held: number; people: number; facts: number }>(
    `select t.remaining::int, count(c.id)::int held, count(distinct c.customer_id)::int people,
       (select count(*)::int from customer_events e where e.type = 'coupon.claimed' and e.subject_id in (select id from coupons where template_id = t.id)) facts
     from coupon_templates t left join coupons c on c.template_id = t.id where t.id = $1 group by t.id, t.remaining`, [templateId]);
  return row!;
}

beforeAll(async () => {
  t = await startTestApp();
  shop = await t.tenant();
  const channelId = newId();
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id) values ($1, $2, 'wechat_mini_program', 'x', 'wx1')`, [shop, channelId]);
  const ids = Array.from({ length: 60 }, (_, i) => `p-${i}`);
  const found = await t.as(shop, () => t.get(IdentityService).resolveMany(channelId, 'openid', ids));
  people = ids.map((id) => found.get(id)!.customerId);
});
afterAll(() => t?.stop());
beforeEach(() => t.clock.set(undefined));

describe('claiming', () => {
  it('gives the last coupon to one of fifty people', async () => {
    const { id } = await template({ stock: 1 });
    const outcomes = await fifty((i) => claim(id, people[i]!));
    expect([count(outcomes, 'given'), count(outcomes, 'sold_out')]).toEqual([1, 49]);
    expect(await books(id)).toEqual({ remaining: 0, held: 1, people: 1, facts: 1 });
  });

  it('gives one coupon to one person who taps fifty times', async () => {
    const { id } = await template({ stock: 1 });
    const outcomes = await fifty(() => claim(id, people[0]!));
    expect([count(outcomes, 'given'), count(outcomes, 'held')]).toEqual([1, 49]);
    expect(new Set(outcomes.map((o) => o.coupon?.code)).size).toBe(1);
    expect(await books(id)).toEqual({ remaining: 0, held: 1, people: 1, facts: 1 });
  });

  it('is exact when two processes serve the same coupon', async () => {
    const { id } = await template({ stock: 25 });
    const other = secondProcess();
    const outcomes = await Promise.all([...people.map((p) => claim(id, p)), ...people.map((p) => claim(id, p, other))]);
    expect(count(outcomes, 'given')).toBe(25);
    expect(count(outcomes, 'held')).toBe(25);
    expect(count(outcomes, 'sold_out')).toBe(70);
    expect(await books(id)).toEqual({ remaining: 0, held: 25, people: 25, facts: 25 });
  });

  it('goes by arrival when the stock ends inside a batch', async () => {
    const { id } = await template({ stock: 10 });
    const outcomes = await fifty((i) => claim(id, people[i]!));
    expect(outcomes.slice(0, 10).every((o) => o.outcome === 'given')).toBe(true);
    expect(count(outcomes, 'sold_out')).toBe(40);
  });

  it('gives the next one within the limit only after the last was used', async () => {
    const { id } = await template({ perPersonLimit: 2 });
    const first = await claim(id, people[0]!);
    expect((await claim(id, people[0]!)).outcome).toBe('held');
    await t.as(shop, () => t.get(RedemptionsService).redeem({ code: first.coupon!.code, orderFen: 100, requestKey: newId() }));
    const again = await fifty(() => claim(id, people[0]!));
    expect([count(again, 'given'), count(again, 'held')]).toEqual([1, 49]);
    await t.as(shop, () => t.get(RedemptionsService).redeem({ code: again[0]!.coupon!.code, orderFen: 100, requestKey: newId() }));
    expect(await claim(id, people[0]!)).toMatchObject({ outcome: 'limit_reached', coupon: { state: 'redeemed' } });
    expect(await books(id)).toMatchObject({ remaining: 98, held: 2 });
  });

  it('gives a keyed grant once, fifty at once, beside what the person holds already', async () => {
    const { id } = await template({ perPersonLimit: 3 });
    await claim(id, people[0]!);
    const grant = (sourceKey: string) => t.as(shop, () => t.get(CouponClaims).claim({ templateId: id, customerId: people[0]!, sourceKey }));
    const outcomes = await fifty((i) => grant(`job:${id}:${i % 2}`));
    expect([count(outcomes, 'given'), count(outcomes, 'held')]).toEqual([2, 48]);
    expect(new Set(outcomes.filter((_, i) => i % 2 === 0).map((o) => o.coupon!.id)).size).toBe(1);
    expect((await grant(`job:${id}:third`)).outcome).toBe('limit_reached');
    expect(await books(id)).toMatchObject({ remaining: 97, held: 3 });
  });

  it('stops when the template is archived or over, and still shows what is held', async () => {
    const { id } = await template();
    await claim(id, people[0]!);
    await t.as(shop, () => t.get(CouponsService).archive(id));
    expect((await claim(id, people[0]!)).outcome).toBe('held');
    expect((await claim(id, people[1]!)).outcome).toBe('coupon_archived');
    const until = new Date(Date.now() + 60_000);
    const fixed = await template({ validity: 'fixed', validDays: null, validUntil: until });
    t.clock.set(until);
    expect((await claim(fixed.id, people[0]!)).outcome).toBe('coupon_over');
  });

  it('names a template of another merchant unknown', async () => {
    const { id } = await template();
    const other = await t.tenant();
    await expect(t.as(other, () => t.get(CouponClaims).claim({ templateId: id, customerId: people[0]! }))).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('lets one erased customer fail alone', async () => {
    const { id } = await template();
    const erased = newId();
    const outcomes = await Promise.allSettled([...people.slice(0, 20), erased, ...people.slice(20, 40)].map((p) => claim(id, p)));
    expect(outcomes.filter((o) => o.status === 'fulfilled' && o.value.outcome === 'given')).toHaveLength(40);
    expect(outcomes[20]).toMatchObject({ status: 'rejected' });
    expect(await books(id)).toMatchObject({ remaining: 60, held: 40, facts: 40 });
  });

  it('ends a relative coupon with its last day in the merchant\'s zone', async () => {
    t.clock.set(new Date('2026-11-24T23:30:00+08:00'));
    const { id } = await template({ validDays: 7 });
    const { coupon } = await claim(id, people[0]!);
    expect(coupon!.usableFrom).toEqual(new Date('2026-11-24T23:30:00+08:00'));
    expect(coupon!.expiresAt).toEqual(new Date('2026-12-02T00:00:00+08:00'));
    expect(isCouponCode(coupon!.code)).toBe(true);
  });

  it('may not be called inside an open transaction', async () => {
    const { id } = await template();
    await expect(t.as(shop, () => t.get(TenantDb).write(async () => void (await t.get(CouponClaims).claim({ templateId: id, customerId: people[0]! }))))).rejects.toMatchObject({ kind: 'bug' });
  });

  it('tells the listeners once for each coupon, and its jobs run', async () => {
    const { id } = await template();
    await fifty((i) => claim(id, people[i]!));
    await t.runJobs();
    expect(await books(id)).toMatchObject({ held: 50, facts: 50 });
  });
});
