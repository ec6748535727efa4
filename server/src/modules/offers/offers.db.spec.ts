import { permissions } from '@huiliu/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../core/context.js';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { CouponsService } from '../coupons/index.js';
import { IdentityService } from '../customers/index.js';
import type { OfferInput } from './offer.js';
import { OfferClaims } from './offer-claims.service.js';
import { OffersService } from './offers.service.js';
import { PublicOffers } from './public-offers.service.js';

let t: TestApp;
let shop: string;
let channelId: string;
let templateId: string;
let next = 0;
const fifty = <T>(work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: 50 }, (_, i) => work(i)));
const admin: Actor = { kind: 'staff', id: newId(), name: '店长', permissions: new Set(permissions.filter((p) => p !== 'offer.override')) };
const fields = { thing1: '{{coupon.name}}', time2: '{{coupon.expires_at}}' };

async function input(more: Partial<OfferInput> = {}, stock = 100): Promise<OfferInput> {
  const coupon = await t.as(shop, () => t.get(CouponsService).create({ name: '8 折券', kind: 'percent', percentOff: 20, stock, validity: 'relative', validDays: 7 }));
  return { name: '新客券', headline: '8 折券', description: '到店即用', channelId, couponTemplateId: coupon.id, notices: [{ templateId, purpose: 'coupon_expiring', fields }], ...more };
}
const save = (offer: OfferInput, id?: string) => t.as(shop, () => t.get(OffersService).save(id, offer));
const publish = (id: string, override?: string, actor?: Actor) => t.as(shop, () => t.get(OffersService).publish(id, override), actor);
const claim = (offerId: string, customerId: string) => t.as(shop, () => t.get(OfferClaims).claim(offerId, customerId), { kind: 'customer', id: customerId });
const person = () => t.as(shop, () => t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: `c-${next++}` }));
async function published(more: Partial<OfferInput> = {}, stock = 100): Promise<string> {
  const { id } = await save(await input(more, stock));
  expect(await publish(id, more.mode === 'conditional' ? '已获平台书面同意' : undefined)).toMatchObject({ __typename: 'Offer', state: 'published' });
  return id;
}

async function template(tenantId: string, channel: string, title: string): Promise<string> {
  const id = newId();
  const list = [{ key: 'thing1', type: 'thing', label: '券名' }, { key: 'time2', type: 'time', label: '到期时间' }];
  await t.sql(`insert into message_templates (tenant_id, id, channel_id, external_id, title, content, fields) values ($1, $2, $3, $4, $5, '', $6)`, [tenantId, id, channel, `ext-${id}`, title, JSON.stringify(list)]);
  return id;
}
async function channel(tenantId: string, status = 'live'): Promise<string> {
  const id = newId();
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id, status) values ($1, $2, 'wechat_mini_program', 'x', $3, $4)`, [tenantId, id, `wx${id}`, status]);
  return id;
}

beforeAll(async () => {
  t = await startTestApp();
  shop = await t.tenant('回流咖啡');
  channelId = await channel(shop);
  templateId = await template(shop, channelId, '优惠券到期提醒');
});
afterAll(() => t?.stop());

describe('writing an offer', () => {
  it('keeps what was written, also when the notices are not finished yet', async () => {
    const offer = await save(await input({ notices: [{ templateId, purpose: 'coupon_expiring', fields: {} }] }));
    const changed = await save({ ...(await input()), couponTemplateId: offer.couponTemplateId, headline: '8 折券 ' }, offer.id);
    expect(changed).toMatchObject({ id: offer.id, headline: '8 折券', state: 'draft', notices: [{ templateId, purpose: 'coupon_expiring', fields }] });
  });

  it('knows nothing of another merchant\'s things', async () => {
    const other = await t.tenant();
    const theirChannel = await channel(other);
    const theirTemplate = await template(other, theirChannel, '别家');
    const good = await input();
    for (const more of [{ channelId: theirChannel }, { notices: [{ templateId: theirTemplate, purpose: 'result', fields: {} }] }, { couponTemplateId: newId() }, { channelId: 'no-id' }]) {
      await expect(save({ ...good, ...more })).rejects.toMatchObject({ kind: 'not_found' });
    }
    const { id } = await save(good);
    for (const work of [() => t.get(OffersService).get(id), () => t.get(OffersService).save(id, good), () => t.get(OffersService).publish(id, undefined), () => t.get(OffersService).end(id)]) {
      await expect(t.as<unknown>(other, work)).rejects.toMatchObject({ kind: 'not_found' });
    }
  });

  it('refuses a template of another account of the same merchant', async () => {
    const second = await channel(shop);
    const foreign = await template(shop, second, '另一个小程序');
    await expect(save(await input({ notices: [{ templateId: foreign, purpose: 'result', fields: {} }] }))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'notices[0].templateId', problem: 'not_of_channel' } });
  });
});

describe('publishing', () => {
  it('happens once although fifty people press at once', async () => {
    const { id } = await save(await input());
    const results = await fifty(() => publish(id));
    expect(results.every((r) => r.__typename === 'Offer')).toBe(true);
    expect(await t.sql(`select 1 from audit_entries where action = 'offer.publish' and subject_id = $1`, [id])).toHaveLength(1);
  });

  it('gives the reason when something is missing', async () => {
    const codes: unknown[] = [];
    for (const offer of [
      await input({ notices: [{ templateId, purpose: 'coupon_expiring', fields: { thing1: '字'.repeat(21) } }] }),
      await input({ channelId: await channel(shop, 'connecting'), notices: [] }),
    ]) codes.push(await publish((await save(offer)).id));
    const archived = await input();
    const { id } = await save(archived);
    await t.as(shop, () => t.get(CouponsService).archive(archived.couponTemplateId));
    codes.push(await publish(id));
    expect(codes).toMatchObject([
      { code: 'notices_incomplete', details: { problems: [{ notice: 0, field: 'thing1', problem: 'too_long' }, { field: 'time2', problem: 'missing' }] } },
      { code: 'channel_not_connected' }, { code: 'coupon_archived' },
    ]);
  });

  it('against policy is the owner\'s alone, by name and with a reason', async () => {
    const { id } = await save(await input({ mode: 'conditional' }));
    const reason = '已获平台书面同意';
    expect(await publish(id)).toMatchObject({ code: 'lint_blocked', details: { canOverride: true, findings: [{ rule: 'conditional_subscription', since: '2019-10-12' }] } });
    expect(await publish(id, reason, admin)).toMatchObject({ code: 'override_owner_only' });
    expect(await publish(id, ' ')).toMatchObject({ code: 'override_reason_needed' });
    const owner: Actor = { kind: 'staff', id: newId(), name: '老板', permissions: new Set(permissions) };
    expect(await publish(id, reason, owner)).toMatchObject({ state: 'published', overrideReason: reason });
    const [entry] = await t.sql(`select actor_name, detail from audit_entries where action = 'offer.override' and subject_id = $1`, [id]);
    expect(entry).toMatchObject({ actor_name: '老板', detail: { reason, against: [{ rule: 'conditional_subscription', since: '2019-10-12' }] } });
  });

  it('fixes the promise; words may change, but not into what is forbidden', async () => {
    const id = await published();
    const now = await t.as(shop, () => t.get(OffersService).get(id));
    const same = { ...now, notices: now.notices };
    expect((await save({ ...same, headline: '85 折券' }, id)).headline).toBe('85 折券');
    await expect(save({ ...same, couponTemplateId: (await input()).couponTemplateId }, id)).rejects.toMatchObject({ details: { field: 'couponTemplateId', problem: 'published_fixed' } });
    await expect(save({ ...same, headline: '订阅即送 8 折券' }, id)).rejects.toMatchObject({ details: { problem: 'inducing_words', since: '2019-10-12' } });
    await expect(save({ ...same, notices: [{ templateId, purpose: 'result', fields: {} }] }, id)).rejects.toMatchObject({ details: { field: 'notices[0].fields.thing1' } });
    await t.as(shop, () => t.get(OffersService).end(id));
    await expect(save(same, id)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await publish(id)).toMatchObject({ code: 'offer_ended' });
  });
});

describe('claiming', () => {
  it('gives each of fifty people one, whatever the prompt\'s answer, and the same again on a second tap', async () => {
    const id = await published();
    const people = await fifty(() => person());
    const first = await Promise.all(people.map((p) => claim(id, p.customerId)));
    const second = await Promise.all(people.map((p) => claim(id, p.customerId)));
    expect(first.every((r) => r.__typename === 'ClaimedCoupon' && !r.isRepeat)).toBe(true);
    expect(second.every((r, i) => r.__typename === 'ClaimedCoupon' && r.isRepeat && r.coupon.code === (first[i] as typeof r).coupon.code)).toBe(true);
  });

  it('says why not', async () => {
    const { customerId } = await person();
    const draft = await save(await input());
    const gone = await published();
    expect(await claim(gone, customerId)).toMatchObject({ isRepeat: false });
    await t.as(shop, () => t.get(OffersService).end(gone));
    const last = await published({}, 1);
    await claim(last, (await person()).customerId);
    expect(await Promise.all([draft.id, gone, newId(), 'no-id', last].map((id) => claim(id, customerId)))).toMatchObject(
      ['offer_not_published', 'offer_ended', 'offer_not_found', 'offer_not_found', 'sold_out'].map((code) => ({ __typename: 'Refusal', code })));
  });

  it('never answers from before the offer ended', async () => {
    const id = await published();
    const people = await fifty(() => person());
    const before = people.slice(0, 25).map((p) => claim(id, p.customerId));
    await t.as(shop, () => t.get(OffersService).end(id));
    const after = await Promise.all(people.slice(25).map((p) => claim(id, p.customerId)));
    expect(after.every((r) => r.__typename === 'Refusal' && r.code === 'offer_ended')).toBe(true);
    await Promise.all(before);
  });

  it('in conditional mode waits for a yes to one of the offer\'s notices', async () => {
    const id = await published({ mode: 'conditional' });
    const { customerId, identityId } = await person();
    expect(await claim(id, customerId)).toMatchObject({ code: 'subscription_needed' });
    await t.sql(
      `insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, occurred_at)
       values ($1, $2, $3, $4, 'one_time_subscription', $5, 1, 'accepted', 'test', now())`, [shop, newId(), channelId, identityId, templateId]);
    expect(await claim(id, customerId)).toMatchObject({ __typename: 'ClaimedCoupon', isRepeat: false });
  });

  it('adds up in the report', async () => {
    const id = await published();
    const people = await Promise.all([person(), person(), person()]);
    await Promise.all(people.map((p) => claim(id, p.customerId)));
    const link = newId();
    await t.sql(`insert into entry_links (tenant_id, id, code, name, source, offer_id) values ($1, $2, $3, 'x', 'qr', $4)`, [shop, link, `c${link.slice(-7)}`, id]);
    for (let i = 0; i < 4; i++) await t.sql(`insert into touches (tenant_id, id, entry_link_id, visitor_id, source) values ($1, $2, $3, 'v', 'qr')`, [shop, newId(), link]);
    for (const [i, type] of ['subscription.accepted', 'subscription.accepted', 'subscription.rejected'].entries()) {
      await t.sql(`insert into customer_events (tenant_id, id, customer_id, type, occurred_at, subject_id) values ($1, $2, $3, $4, now(), $5)`, [shop, newId(), people[i]!.customerId, type, templateId]);
    }
    await t.sql(`update coupons set state = 'redeemed' where offer_id = $1 and customer_id = $2`, [id, people[0]!.customerId]);
    expect(await t.as(shop, () => t.get(OffersService).reports([id]))).toEqual([{ id, visits: 4, claims: 3, prompts: 3, accepts: 2, rejects: 1, redeemed: 1 }]);
  });
});

describe('the public page', () => {
  const slug = async () => (await t.sql<{ slug: string }>('select slug from tenants where id = $1', [shop]))[0]!.slug;

  it('shows a published offer by id and by entry code, and no draft', async () => {
    const id = await published();
    const code = 'abcd2345';
    await t.sql(`insert into entry_links (tenant_id, id, code, name, source, offer_id) values ($1, $2, $3, 'x', 'qr', $4)`, [shop, newId(), code, id]);
    const service = t.get(PublicOffers);
    const seen = await service.find(await slug(), { offerId: id });
    expect(seen).toMatchObject({ id, tenantName: '回流咖啡', state: 'published', coupon: { name: '8 折券', percentOff: 20, isSoldOut: false, validDays: 7 }, notices: [{ title: '优惠券到期提醒', purpose: 'coupon_expiring' }] });
    expect(await service.find(await slug(), { entryCode: code.toUpperCase() })).toEqual(seen);
    expect(await service.find(await slug(), { offerId: (await save(await input())).id })).toBeUndefined();
    expect(await service.find(await slug(), { offerId: 'no-id' })).toBeUndefined();
    const other = await t.tenant();
    const [theirs] = await t.sql<{ slug: string }>('select slug from tenants where id = $1', [other]);
    expect(await service.find(theirs!.slug, { offerId: id })).toBeUndefined();
    expect(service.describe(await slug(), seen!)).toMatchObject({ version: 1, prompt: { templateIds: [`ext-${templateId}`] } });
  });
});
