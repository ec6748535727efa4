import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.js';
import { readPlayToken } from '../../core/play-token.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { CustomersService, IdentityService, TimelineService } from './index.js';
import { PlayerService } from './player/player.service.js';
import { TagsService } from './tags/tags.service.js';

let t: TestApp;
let shop: string;
const fifty = <T>(work: (i: number) => Promise<T>) => Promise.all(Array.from({ length: 50 }, (_, i) => work(i)));
const visitor = () => `visitor-${newId()}`;

async function channel(tenantId = shop): Promise<string> {
  const id = newId();
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id, status) values ($1, $2, 'wechat_mini_program', '小程序', $3, 'live')`, [tenantId, id, `wx${id}`]);
  return id;
}
async function slugOf(tenantId: string): Promise<string> {
  return (await t.sql<{ slug: string }>('select slug from tenants where id = $1', [tenantId]))[0]!.slug;
}
const people = async () => (await t.sql<{ n: number }>('select count(*)::int n from customers where tenant_id = $1', [shop]))[0]!.n;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t?.stop());

describe('who somebody is', () => {
  beforeAll(async () => void (shop = await t.tenant()));

  it('is one person when the same id arrives fifty times at once', async () => {
    const channelId = await channel();
    const found = await fifty(() => t.as(shop, () => t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: 'o-1' })));
    expect(new Set(found.map((f) => f.customerId)).size).toBe(1);
    expect(new Set(found.map((f) => f.identityId)).size).toBe(1);
    expect(found.filter((f) => f.isNew)).toHaveLength(1);
    expect(await people()).toBe(1);
  });

  it('is one person across accounts that share a union id, fifty at once', async () => {
    const before = await people();
    const channels = await Promise.all([channel(), channel()]);
    const found = await fifty((i) => t.as(shop, () => t.get(IdentityService).resolve({ channelId: channels[i % 2]!, kind: 'openid', externalId: `u-${i % 10}`, unionId: 'union-1' })));
    expect(new Set(found.map((f) => f.customerId)).size).toBe(1);
    expect(new Set(found.map((f) => f.identityId)).size).toBe(10);
    expect(await people()).toBe(before + 1);
  });

  it('is agreed on by overlapping batches at once', async () => {
    const channelId = await channel();
    const before = await people();
    const batches = await fifty((i) => t.as(shop, () => t.get(IdentityService).resolveMany(channelId, 'openid', [`b-${i % 7}`, `b-${(i + 3) % 7}`, `b-${(i + 5) % 7}`])));
    expect(await people()).toBe(before + 7);
    const all = new Map(batches.flatMap((b) => [...b].map(([external, who]) => [external, who.customerId] as const)));
    for (const batch of batches) for (const [external, who] of batch) expect(who.customerId).toBe(all.get(external));
  });

  it('is another person at another merchant', async () => {
    const other = await t.tenant();
    const channelId = await channel(other);
    const mine = await t.as(other, () => t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: 'o-1', unionId: 'union-1' }));
    await expect(t.as(shop, () => t.get(CustomersService).get(mine.customerId))).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('forgets name and phone when the authorisation is withdrawn, and remembers the person who comes back', async () => {
    const channelId = await channel();
    const { customerId } = await t.as(shop, () => t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: 'gone' }));
    await t.as(shop, () => t.get(CustomersService).update(customerId, { name: '王小明', phone: '138 0013 8000' }));
    await t.as(shop, () => t.get(IdentityService).revoke(channelId, ['gone']));
    expect(await t.as(shop, () => t.get(CustomersService).get(customerId))).toMatchObject({ name: null, phone: null });
    expect(await t.as(shop, () => t.get(IdentityService).ofCustomers([customerId]))).toEqual([]);
    const again = await t.as(shop, () => t.get(IdentityService).resolve({ channelId, kind: 'openid', externalId: 'gone' }));
    expect(again.customerId).toBe(customerId);
    expect(await t.as(shop, () => t.get(IdentityService).ofCustomers([customerId]))).toHaveLength(1);
  });
});

describe('signing in by browser', () => {
  beforeAll(async () => void (shop = await t.tenant()));

  it('gives a token for one person, and makes the earlier touches theirs', async () => {
    const visitorId = visitor();
    const first = new Date('2026-11-01T08:00:00Z');
    const last = new Date('2026-11-03T08:00:00Z');
    for (const [at, source] of [[last, 'ad'], [first, 'shop_qr']] as const) {
      await t.sql('insert into touches (tenant_id, id, visitor_id, source, occurred_at) values ($1, $2, $3, $4, $5)', [shop, newId(), visitorId, source, at]);
    }
    const slug = await slugOf(shop);
    const sessions = await fifty(() => t.get(PlayerService).signInVisitor(slug, visitorId));
    expect(new Set(sessions.map((s) => s.customerId)).size).toBe(1);
    const claims = readPlayToken(sessions[0]!.token, t.clock.now(), t.config.secretKeys);
    expect(claims).toMatchObject({ tenantId: shop, customerId: sessions[0]!.customerId });
    expect(await t.as(shop, () => t.get(CustomersService).get(claims!.customerId))).toMatchObject({ firstSource: 'shop_qr', lastVisitAt: last });
    expect((await t.sql<{ n: number }>('select count(*)::int n from touches where customer_id = $1', [claims!.customerId]))[0]!.n).toBe(2);
    await t.runJobs();
  });

  it('refuses a browser id that could be guessed, and a shop that is not there', async () => {
    await expect(t.get(PlayerService).signInVisitor(await slugOf(shop), 'short')).rejects.toMatchObject({ kind: 'invalid', details: { field: 'visitorId' } });
    await expect(t.get(PlayerService).signInVisitor('nobody-here', visitor())).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('staff', () => {
  let ids: string[];
  beforeAll(async () => {
    shop = await t.tenant();
    const channelId = await channel();
    const found = await t.as(shop, () => t.get(IdentityService).resolveMany(channelId, 'openid', ['p-1', 'p-2', 'p-3', 'p-4', 'p-5']));
    ids = ['p-1', 'p-2', 'p-3', 'p-4', 'p-5'].map((e) => found.get(e)!.customerId);
  });

  it('page through customers that came in the same instant without losing one', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 3; page++) {
      const got = await t.as(shop, () => t.get(CustomersService).list({}, 2, after));
      seen.push(...got.items.map((c) => c.id));
      expect(got.pageInfo.hasNextPage).toBe(page < 2);
      after = got.pageInfo.endCursor;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    await expect(t.as(shop, () => t.get(CustomersService).list({}, 2, 'nonsense'))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'after' } });
  });

  it('find a customer by part of a name, whole phone number or openid, and by nothing else', async () => {
    const service = t.get(CustomersService);
    await t.as(shop, () => service.update(ids[0]!, { name: '王 50%_小明', phone: '+86 139-0000-1111' }));
    const hits = async (search: string) => (await t.as(shop, () => service.list({ search }))).items.map((c) => c.id);
    expect(await hits('小明')).toEqual([ids[0]]);
    expect(await hits('50%_')).toEqual([ids[0]]);
    expect(await hits('5_%')).toEqual([]);
    expect(await hits('139 0000 1111')).toEqual([ids[0]]);
    expect(await hits('1390000')).toEqual([]);
    expect(await hits('p-3')).toEqual([ids[2]]);
    expect(await t.as(shop, () => service.count({ search: '小明' }))).toBe(1);
  });

  it('tag customers, all of them or none', async () => {
    const tags = t.get(TagsService);
    const tag = await t.as(shop, () => tags.create(' 熟客 '));
    await t.as(shop, () => tags.tag([ids[0]!, ids[1]!, ids[0]!], tag.id));
    await t.as(shop, () => tags.tag([ids[0]!], tag.id));
    expect(await t.as(shop, () => tags.counts([tag.id]))).toEqual([{ id: tag.id, count: 2 }]);
    await expect(t.as(shop, () => tags.tag([ids[2]!, newId()], tag.id))).rejects.toMatchObject({ kind: 'not_found' });
    expect(await t.as(shop, () => tags.counts([tag.id]))).toEqual([{ id: tag.id, count: 2 }]);
    expect((await t.as(shop, () => t.get(CustomersService).list({ tagId: tag.id }))).items).toHaveLength(2);
    await expect(t.as(shop, () => tags.create('熟客'))).rejects.toMatchObject({ kind: 'conflict' });
    await t.as(shop, () => tags.untag([ids[0]!], tag.id));
    expect(await t.as(shop, () => tags.ofCustomers([ids[0]!, ids[1]!]))).toMatchObject([{ customerId: ids[1], name: '熟客' }]);
  });

  it('respect an opt-out, told once however often it is said', async () => {
    const service = t.get(CustomersService);
    await t.as(shop, () => service.setOptOut(ids[3]!, true));
    expect((await t.as(shop, () => service.setOptOut(ids[3]!, true))).optedOutAt).toBeInstanceOf(Date);
    expect((await t.as(shop, () => service.setOptOut(ids[3]!, false))).optedOutAt).toBeNull();
    const entries = await t.as(shop, () => t.get(CustomersService).get(ids[3]!)).then(() => t.sql<{ type: string }>('select type from customer_events where customer_id = $1 order by id', [ids[3]]));
    expect(entries.map((e) => e.type)).toEqual(['customer.opted_out', 'customer.opted_in']);
    await expect(t.as(shop, () => service.setOptOut(newId(), true))).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('see each fact once on the timeline, and consent as a ledger', async () => {
    const fact = { customerId: ids[4]!, type: 'test.fact', occurredAt: new Date(), sourceKey: 'test:1' };
    await fifty(() => t.as(shop, () => t.get(TimelineService).record([fact])).catch((error: unknown) => error)).then((results) => expect(results.every((r) => r instanceof Error)).toBe(true));
    const { TenantDb } = await import('../../core/db/tenant-db.js');
    await fifty(() => t.as(shop, () => t.get(TenantDb).write(() => t.get(TimelineService).record([fact]))));
    expect(await t.sql('select 1 from customer_events where source_key = $1', ['test:1'])).toHaveLength(1);
    const service = t.get(CustomersService);
    await t.as(shop, () => service.recordConsent(ids[4]!, { given: true, textVersion: '2026-11', place: 'claim_page' }));
    await t.as(shop, () => service.recordConsent(ids[4]!, { given: false, textVersion: '2026-11', place: 'wallet' }));
    expect((await t.sql<{ action: string }>('select action from consents where customer_id = $1 order by id', [ids[4]])).map((c) => c.action)).toEqual(['given', 'withdrawn']);
    await expect(t.as(shop, () => service.recordConsent(ids[4]!, { given: true, textVersion: ' ', place: 'x' }))).rejects.toMatchObject({ details: { field: 'textVersion' } });
  });
});
