import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { IdentityService } from '../customers/index.js';
import { CouponClaims } from './claims/coupon-claims.service.js';
import type { Coupon } from './coupon.js';
import type { TemplateInput } from './coupon-template.js';
import { CouponsJobs } from './coupons.jobs.js';
import { CouponsService } from './coupons.service.js';
import { RedemptionsService, type RedeemInput, type RedeemResult } from './redemptions/redemptions.service.js';

let t: TestApp;
let shop: string;
let channelId: string;
let next = 0;
const fifty = <T>(work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: 50 }, (_, i) => work(i)));
const start = new Date('2026-11-24T10:00:00+08:00');
const later = (hours: number) => t.clock.set(new Date(start.getTime() + hours * 3_600_000));

async function held(more: Partial<TemplateInput> = {}): Promise<Coupon> {
  const input: TemplateInput = { name: '满 50 减 10', kind: 'amount', valueFen: 1000, minSpendFen: 5000, stock: 10, validity: 'relative', validDays: 1, ...more };
  return t.as(shop, async () => {
    const { id } = await t.get(CouponsService).create(input);
    const { customerId } = await t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: `c-${next++}` });
    return (await t.get(CouponClaims).claim({ templateId: id, customerId })).coupon!;
  });
}
const redeem = (code: string, more: Partial<RedeemInput> = {}) =>
  t.as(shop, () => t.get(RedemptionsService).redeem({ code, orderFen: 6000, requestKey: newId(), ...more }));
const undo = (id: string) => t.as(shop, () => t.get(RedemptionsService).undo(id));
const ids = (results: RedeemResult[]) => results.flatMap((r) => (r.__typename === 'Redemption' ? [r.id] : []));
const refusals = (results: RedeemResult[]) => results.flatMap((r) => (r.__typename === 'Refusal' ? [r.code] : []));
const coupon = async (code: string) => t.as(shop, () => t.get(CouponsService).byCode(code));

beforeAll(async () => {
  t = await startTestApp();
  shop = await t.tenant();
  channelId = newId();
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id) values ($1, $2, 'wechat_mini_program', 'x', 'wx1')`, [shop, channelId]);
});
afterAll(() => t?.stop());
beforeEach(() => t.clock.set(start));

describe('redeeming', () => {
  it('happens once although fifty tills try at once', async () => {
    const { code } = await held();
    const results = await fifty(() => redeem(code));
    expect(ids(results)).toHaveLength(1);
    expect(new Set(refusals(results))).toEqual(new Set(['coupon_already_redeemed']));
    expect(await t.sql('select 1 from redemptions r join coupons c on c.id = r.coupon_id where c.code = $1', [code])).toHaveLength(1);
    expect(await coupon(code)).toMatchObject({ state: 'redeemed', redeemedAt: start });
  });

  it('answers the same redemption to the same request key, fifty at once and later', async () => {
    const { code } = await held();
    const requestKey = newId();
    const results = await fifty(() => redeem(code, { requestKey }));
    expect(refusals(results)).toEqual([]);
    expect(new Set(ids(results)).size).toBe(1);
    later(30);
    expect(ids([await redeem(code, { requestKey })])).toEqual([...new Set(ids(results))]);
  });

  it('refuses a request key that belongs to another coupon', async () => {
    const [one, two] = [await held(), await held()];
    const requestKey = newId();
    await redeem(one.code, { requestKey });
    expect(refusals([await redeem(two.code, { requestKey })])).toEqual(['request_key_reused']);
    expect((await coupon(two.code))?.state).toBe('claimed');
  });

  it('reads the code as it is typed, and tells a slip of the finger from an unknown code', async () => {
    const { code } = await held();
    expect(ids([await redeem(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `)])).toHaveLength(1);
    const slip = code.slice(0, 11) + (code.endsWith('A') ? 'B' : 'A');
    expect(refusals([await redeem(slip)])).toEqual(['code_mistyped']);
    const other = await t.tenant();
    expect(await t.as(other, () => t.get(RedemptionsService).redeem({ code, orderFen: 6000, requestKey: newId() }))).toMatchObject({ code: 'coupon_not_found' });
  });

  it('records order and discount, and refuses below the minimum', async () => {
    const { code } = await held();
    expect(await redeem(code, { orderFen: 4999 })).toMatchObject({ code: 'below_min_spend', details: { minSpendFen: 5000 } });
    expect(await redeem(code, { orderFen: null })).toMatchObject({ code: 'order_amount_needed' });
    expect(await redeem(code, { orderFen: 8000, store: '解放路店' })).toMatchObject({ orderFen: 8000, discountFen: 1000, store: '解放路店' });
    await expect(redeem(code, { requestKey: 'short' })).rejects.toMatchObject({ details: { field: 'requestKey' } });
    await expect(redeem(code, { orderFen: -1 })).rejects.toMatchObject({ details: { field: 'orderFen' } });
  });

  it('goes by the clock even when no job has marked the coupon yet', async () => {
    const { code, expiresAt } = await held();
    t.clock.set(expiresAt);
    expect(refusals([await redeem(code)])).toEqual(['coupon_expired']);
    const early = await held({ validity: 'fixed', validDays: null, validFrom: new Date(expiresAt.getTime() + 1000), validUntil: new Date(expiresAt.getTime() + 9_000_000) });
    expect(refusals([await redeem(early.code)])).toEqual(['coupon_not_yet_usable']);
  });
});

describe('undoing', () => {
  it('gives the coupon back once, and it can be used again', async () => {
    const { code } = await held();
    const [id] = ids([await redeem(code)]);
    const results = await fifty(() => undo(id!));
    expect(ids(results)).toHaveLength(1);
    expect(new Set(refusals(results))).toEqual(new Set(['redemption_already_undone']));
    expect(await coupon(code)).toMatchObject({ state: 'claimed', redeemedAt: null });
    expect(ids([await redeem(code)])).toHaveLength(1);
    expect(refusals([await undo(id!)])).toEqual(['redemption_already_undone']);
    expect((await coupon(code))?.state).toBe('redeemed');
  });

  it('is over after 24 hours, and gives back an expired coupon when its time ran out', async () => {
    const [late, gone] = [await held(), await held()];
    const [lateId] = ids([await redeem(late.code)]);
    later(24);
    expect(refusals([await undo(lateId!)])).toEqual(['undo_too_late']);
    t.clock.set(new Date(gone.expiresAt.getTime() - 3_600_000));
    const [goneId] = ids([await redeem(gone.code)]);
    t.clock.set(gone.expiresAt);
    expect(ids([await undo(goneId!)])).toHaveLength(1);
    expect((await coupon(gone.code))?.state).toBe('expired');
    const other = await t.tenant();
    await expect(t.as(other, () => t.get(RedemptionsService).undo(goneId!))).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('the clock', () => {
  it('marks what ran out, once, and leaves the rest', async () => {
    const [due, used, fresh] = [await held(), await held(), await held({ validDays: 30 })];
    await redeem(used.code);
    t.clock.set(due.expiresAt);
    const counts = await Promise.all([t.as(shop, () => t.get(CouponsService).expireDue()), t.as(shop, () => t.get(CouponsService).expireDue())]);
    expect(await t.as(shop, () => t.get(CouponsService).expireDue())).toBe(0);
    expect([(await coupon(due.code))?.state, (await coupon(used.code))?.state, (await coupon(fresh.code))?.state]).toEqual(['expired', 'redeemed', 'claimed']);
    const facts = await t.sql<{ n: number }>(`select count(*)::int n from customer_events where tenant_id = $1 and type = 'coupon.expired'`, [shop]);
    expect(facts[0]!.n).toBe(counts[0] + counts[1]);
    await t.runJobs();
  });

  it('goes round the merchants once: the run of one leaves the others alone', async () => {
    const due = await held();
    t.clock.set(due.expiresAt);
    await t.as(await t.tenant(), () => t.get(CouponsJobs).expire());
    expect((await coupon(due.code))?.state).toBe('claimed');
    await t.as(shop, () => t.get(CouponsJobs).expire());
    expect((await coupon(due.code))?.state).toBe('expired');
  });
});

describe('the holders list', () => {
  it('pages newest first without losing one, by template and state', async () => {
    const { templateId } = await held({ stock: 10 });
    for (let i = 0; i < 4; i++) {
      await t.as(shop, async () => {
        const { customerId } = await t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: `h-${i}` });
        await t.get(CouponClaims).claim({ templateId, customerId });
      });
    }
    const seen: string[] = [];
    for (let after: string | null = null, page = 0; page < 3; page++) {
      const got = await t.as(shop, () => t.get(CouponsService).list({ templateId, state: 'claimed' }, 2, after));
      seen.push(...got.items.map((c) => c.id));
      after = got.pageInfo.endCursor;
    }
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect((await t.as(shop, () => t.get(CouponsService).list({ templateId, state: 'redeemed' }))).items).toEqual([]);
  });
});

describe('templates', () => {
  it('grow in stock, exactly, fifty at once; and are changed by their own merchant only', async () => {
    const { id } = await t.as(shop, () => t.get(CouponsService).create({ name: '拿铁兑换券', kind: 'exchange', exchangeItem: '拿铁一杯', stock: 1, validity: 'relative', validDays: 3 }));
    await fifty(() => t.as(shop, () => t.get(CouponsService).update(id, { addStock: 2 })));
    expect(await t.as(shop, () => t.get(CouponsService).template(id))).toMatchObject({ stock: 101, remaining: 101, isArchived: false });
    const other = await t.tenant();
    await expect(t.as(other, () => t.get(CouponsService).update(id, { name: '别家' }))).rejects.toMatchObject({ kind: 'not_found' });
    await expect(t.as(other, () => t.get(CouponsService).archive(id))).rejects.toMatchObject({ kind: 'not_found' });
    await expect(t.as(shop, () => t.get(CouponsService).create({ name: 'x', kind: 'amount', stock: 1, validity: 'relative', validDays: 1 }))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'valueFen' } });
  });
});
