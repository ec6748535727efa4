import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Doorkeeper } from '../../../core/doorkeeper.js';
import { newId } from '../../../core/ids.js';
import { makePlayToken } from '../../../core/play-token.js';
import { startTestApp, type TestApp } from '../../../core/testing/index.js';
import { CustomersService, IdentityService, PeopleNews, TimelineService } from '../index.js';
import { JoiningService } from './joining.service.js';

let t: TestApp;
let shop: string;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t?.stop());
beforeEach(async () => void (shop = await t.tenant()));

async function channel(platform = 'wechat_mini_program', appId = `wx${newId()}`): Promise<string> {
  const id = newId();
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id, status) values ($1, $2, $3, '渠道', $4, 'live')`, [shop, id, platform, appId]);
  return id;
}
const resolve = (channelId: string, externalId: string, unionId?: string) =>
  t.as(shop, () => t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId, unionId }));
const meet = (channelId: string, people: { externalId: string; unionId?: string }[]) => t.as(shop, () => t.get(PeopleNews).meet(channelId, 'wechat_official_account', people));
const count = async (table: string, customerId: string) => (await t.sql<{ n: number }>(`select count(*)::int n from ${table} where tenant_id = $1 and customer_id = $2`, [shop, customerId]))[0]!.n;
const customers = async () => (await t.sql<{ n: number }>('select count(*)::int n from customers where tenant_id = $1', [shop]))[0]!.n;

/** Two people with something in every table that knows customers by more than a plain column. */
async function twoWithHistory(): Promise<{ mini: string; service: string; older: string; younger: string }> {
  const [mini, service] = [await channel(), await channel('wechat_official_account')];
  const older = (await resolve(mini, 'o-mini')).customerId;
  const younger = (await resolve(service, 'o-service')).customerId;
  await t.sql(`update customers set created_at = created_at - interval '1 day', name = '老名字' where id = $1`, [older]);
  await t.sql(`update customers set phone = '13800138000', opted_out_at = '2026-01-02T00:00:00Z' where id = $1`, [younger]);
  const template = newId();
  await t.sql(`insert into coupon_templates (tenant_id, id, name, kind, value_fen, stock, remaining, per_person_limit, validity, valid_days) values ($1, $2, '券', 'amount', 100, 9, 5, 5, 'relative', 7)`, [shop, template]);
  const dispatch = newId();
  await t.sql(`insert into dispatches (tenant_id, id, purpose, spec) values ($1, $2, 'recall', '{}')`, [shop, dispatch]);
  const tag = newId();
  await t.sql(`insert into tags (tenant_id, id, name) values ($1, $2, '常客')`, [shop, tag]);
  for (const [who, channelId] of [[older, mini], [younger, service]] as const) {
    const [identity] = await t.sql<{ id: string }>('select id from identities where customer_id = $1', [who]);
    await t.sql(`insert into coupons (tenant_id, id, template_id, customer_id, number, code, usable_from, expires_at) select $1, x.id, $3, $4, x.number, x.id::text, now(), now() + interval '1 day' from (values ($2::uuid, 1), ($5::uuid, 2)) x(id, number)`, [shop, newId(), template, who, newId()]);
    await t.sql(`insert into messages (tenant_id, id, dispatch_id, customer_id, identity_id, channel_id, kind, scope, state) values ($1, $2, $3, $4, $5, $6, 'one_time_subscription', '', 'sent')`, [shop, newId(), dispatch, who, identity!.id, channelId]);
    await t.sql('insert into message_counts (tenant_id, customer_id, day, count) values ($1, $2, $3, 2)', [shop, who, '2026-11-01']);
    await t.sql('insert into customer_tags (tenant_id, tag_id, customer_id) values ($1, $2, $3)', [shop, tag, who]);
    await t.sql(`insert into permits (tenant_id, identity_id, kind, scope, granted, remaining) values ($1, $2, 'one_time_subscription', 'x', 1, 1)`, [shop, identity!.id]);
    await t.sql(`insert into consents (tenant_id, id, customer_id, purpose, action, basis, text_version, place) values ($1, $2, $3, 'marketing', 'given', 'consent', 'v1', 'h5')`, [shop, newId(), who]);
    await t.sql(`insert into touches (tenant_id, id, visitor_id, customer_id, source) values ($1, $2, $3, $4, 'ad')`, [shop, newId(), `visitor-${who}`, who]);
    await t.as(shop, () => t.get(TenantDb).write(() => t.get(TimelineService).record([{ customerId: who, type: 'coupon.claimed', occurredAt: new Date() }])));
  }
  return { mini, service, older, younger };
}

describe('people whom a union id names together', () => {
  it('become one when an account learns it later, with all that was theirs', async () => {
    const { mini, service, older, younger } = await twoWithHistory();
    await resolve(mini, 'o-mini', 'U');
    expect(await customers()).toBe(2);
    const found = await resolve(service, 'o-service', 'U');
    expect(found.customerId).toBe(older);
    expect(await customers()).toBe(1);
    for (const [table, n] of [['identities', 2], ['coupons', 4], ['messages', 2], ['consents', 2], ['touches', 2], ['customer_tags', 1]] as const) expect([table, await count(table, older)]).toEqual([table, n]);
    expect((await t.sql<{ number: number }>('select number from coupons where customer_id = $1 order by number', [older])).map((row) => row.number)).toEqual([1, 2, 3, 4]);
    expect(await t.sql('select count, day::text from message_counts where customer_id = $1', [older])).toEqual([{ count: 4, day: '2026-11-01' }]);
    expect((await t.sql<{ n: number }>(`select count(*)::int n from permits p join identities i on i.id = p.identity_id where i.customer_id = $1 and p.remaining = 1`, [older]))[0]!.n).toBe(2);
    // A no from either is the person's no.
    expect(await t.as(shop, () => t.get(CustomersService).get(older))).toMatchObject({ name: '老名字', phone: '13800138000', optedOutAt: new Date('2026-01-02T00:00:00Z') });
    expect(await t.sql(`select detail from customer_events where customer_id = $1 and type = 'customer.merged'`, [older])).toEqual([{ detail: { from: younger, evidence: 'union' } }]);
  });

  it('answer to the old id: in the console, in a play token, and in a job that waited', async () => {
    const { mini, service, older, younger } = await twoWithHistory();
    const authorization = `Bearer ${makePlayToken(shop, younger, new Date(), t.config.secretKeys).token}`;
    const asked = async () => (await t.get(Doorkeeper).identify({ id: 'r', headers: { authorization }, cookies: {} } as unknown as FastifyRequest)).actor.id;
    expect(await asked()).toBe(younger);
    await resolve(mini, 'o-mini', 'U');
    await resolve(service, 'o-service', 'U');
    expect(await t.as(shop, () => t.get(CustomersService).get(younger))).toMatchObject({ id: older });
    await expect.poll(asked, { timeout: 5_000, interval: 200 }).toBe(older);
    await t.as(shop, () => t.get(TenantDb).write(() => t.get(TimelineService).record([{ customerId: younger, type: 'coupon.redeemed', occurredAt: new Date() }])));
    expect(await t.sql(`select 1 from customer_events where customer_id = $1 and type = 'coupon.redeemed'`, [older])).toHaveLength(1);
  });

  it('wait while a message of a dispatch that both are in is under way, and are joined by the next look', async () => {
    const { mini, service, younger } = await twoWithHistory();
    await t.sql(`update messages set state = 'sending' where customer_id = $1`, [younger]);
    await resolve(mini, 'o-mini', 'U');
    expect((await resolve(service, 'o-service', 'U')).customerId).toBe(younger);
    await t.sql(`update messages set state = 'sent' where customer_id = $1`, [younger]);
    expect(await t.as(shop, () => t.get(JoiningService).repair())).toBe(1);
    expect(await customers()).toBe(1);
  });

  it('become one exactly once when fifty tell it at once', async () => {
    const channels = await Promise.all(Array.from({ length: 5 }, () => channel('wechat_official_account')));
    for (const one of channels) await meet(one, [{ externalId: `f-${one}` }]);
    expect(await customers()).toBe(5);
    await Promise.all(Array.from({ length: 50 }, (_, n) => meet(channels[n % 5]!, [{ externalId: `f-${channels[n % 5]!}`, unionId: 'U-50' }])));
    expect(await customers()).toBe(1);
    expect(await t.sql('select 1 from customer_aliases where tenant_id = $1', [shop])).toHaveLength(4);
    expect(await t.sql('select distinct customer_id from customer_aliases where tenant_id = $1', [shop])).toHaveLength(1);
  });

  it('are joined page by page in a handful of statements', async () => {
    const [mini, service] = [await channel(), await channel('wechat_official_account')];
    const page = Array.from({ length: 300 }, (_, n) => ({ externalId: `p-${n}`, unionId: `union-${n}` }));
    await meet(mini, page.map(({ externalId }) => ({ externalId })));
    await meet(service, page);
    expect(await customers()).toBe(600);
    await meet(mini, page);
    expect(await customers()).toBe(300);
  });
});

describe('other evidence', () => {
  it('joins the contact of a company and its customer-service visitor by their one id', async () => {
    const corp = `ww${newId()}`;
    const [wecom, kf, foreign] = [await channel('wecom', corp), await channel('wechat_kf', corp), await channel('wechat_kf')];
    const news = t.get(PeopleNews);
    for (const [id, platform] of [[wecom, 'wecom'], [kf, 'wechat_kf'], [foreign, 'wechat_kf']] as const) await t.as(shop, () => news.meet(id, platform, [{ externalId: 'wm-1' }]));
    expect(await customers()).toBe(2);
  });

  it('joins by a phone that the platform verified, never by one that somebody typed', async () => {
    const [mini, service] = [await channel(), await channel('wechat_official_account')];
    const [a, b] = [await resolve(mini, 'a'), await resolve(service, 'b')];
    await t.sql(`update customers set phone = '13900139000' where tenant_id = $1`, [shop]);
    await t.as(shop, () => t.get(JoiningService).repair());
    expect(await customers()).toBe(2);
    await t.as(shop, () => t.get(JoiningService).learn([{ identityId: a.identityId, phone: '+8613900139000' }, { identityId: b.identityId, phone: '+8613900139000' }]));
    expect(await customers()).toBe(1);
  });

  it('says how an account relates to the others', async () => {
    const [mini, service] = [await channel(), await channel('wechat_official_account')];
    const state = (id: string) => t.as(shop, () => t.get(JoiningService).unionState(id));
    await resolve(mini, 'x');
    expect(await state(mini)).toBe('none');
    await resolve(mini, 'x', 'U-x');
    await resolve(service, 'y', 'U-y');
    expect(await state(mini)).toBe('alone');
    await resolve(service, 'z', 'U-x');
    expect([await state(mini), await state(service)]).toEqual(['shared', 'shared']);
  });
});

describe('the books of the database', () => {
  it('have a step of their own for each table whose key holds a customer: the others move by themselves', async () => {
    const keyed = await t.sql<{ name: string }>(
      `select distinct c.relname::text as name from pg_index x join pg_class c on c.oid = x.indrelid join pg_namespace s on s.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum = any(x.indkey::int2[]) where s.nspname = 'public' and x.indisunique and a.attname = 'customer_id' order by 1`,
    );
    expect(keyed.map((row) => row.name)).toEqual(['coupons', 'customer_tags', 'message_counts', 'messages']);
  });

  it('name a customer only in columns that a join moves', async () => {
    const others = await t.sql<{ name: string }>(
      `select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace s on s.oid = c.relnamespace
       where s.nspname = 'public' and c.relkind = 'r' and not a.attisdropped and a.attname ~ 'customer' and a.attname <> 'customer_id' order by 1`,
    );
    expect(others).toEqual([]);
  });
});
