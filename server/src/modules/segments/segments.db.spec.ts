import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERYONE, type SegmentLeaf, type SegmentNode, type SegmentRule } from '@huiliu/shared';
import { newId } from '../../core/ids.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { compileSegment } from './segment-sql.js';
import { matchesSegment, type CustomerFacts } from './segment.js';
import { SegmentsModule } from './segments.module.js';
import { SegmentsService } from './segments.service.js';

const NOW = new Date('2026-11-24T10:00:00.000Z');
const DAY = 86_400_000;
const at = (days: number): Date => new Date(NOW.getTime() + days * DAY);
const PEOPLE = 160;

let t: TestApp;
let tenant: string;
let stranger: string;
const ids = { tags: [newId(), newId()], coupons: [newId(), newId()], messages: [newId(), newId()], offers: [newId(), newId()], live: newId(), paused: newId(), web: newId() };

type Person = CustomerFacts & { id: string; isOut: boolean; channelId: string; isRevoked: boolean };

// Offsets sit on the rules' own boundaries as often as beside them.
const daysAgo = fc.constantFrom(0, -0.5, -1, -3, -7, -7.00001, -30, -30.5, -400).map(at);
const ahead = fc.constantFrom(-1, 0, 0.04, 0.5, 1, 3, 7, 40).map(at);
const personArb: fc.Arbitrary<Omit<Person, 'id'>> = fc.record({
  tagIds: fc.subarray(ids.tags).map((some) => new Set(some)),
  firstSource: fc.constantFrom(null, 'jd_search', 'qr', 'ad'),
  createdAt: daysAgo,
  lastVisitAt: fc.option(daysAgo),
  coupons: fc.array(
    fc.record({
      templateId: fc.constantFrom(...ids.coupons), offerId: fc.constantFrom(null, ...ids.offers),
      state: fc.constantFrom('claimed', 'claimed', 'redeemed', 'expired', 'revoked'), expiresAt: ahead,
    }),
    { maxLength: 3 },
  ),
  permits: fc.uniqueArray(
    fc.oneof(
      fc.record({ kind: fc.constant('one_time_subscription'), scope: fc.constantFrom(...ids.messages), remaining: fc.constantFrom<number | null>(0, 1, 2, 3), expiresAt: fc.constant(null) }),
      fc.record({ kind: fc.constant('long_term_subscription'), scope: fc.constantFrom(...ids.messages), remaining: fc.constantFrom<number | null>(null, 0), expiresAt: fc.constant(null) }),
      fc.record({ kind: fc.constant('service_window'), scope: fc.constantFrom('message', 'enter'), remaining: fc.constantFrom<number | null>(0, 2, 5), expiresAt: ahead }),
    ),
    { maxLength: 4, selector: (permit) => `${permit.kind}:${permit.scope}` },
  ),
  redemptions: fc.array(fc.record({ redeemedAt: daysAgo, undoneAt: fc.option(fc.constant(NOW)) }), { maxLength: 2 }),
  isOut: fc.constantFrom(false, false, false, true),
  channelId: fc.constantFrom(ids.live, ids.live, ids.paused, ids.web),
  isRevoked: fc.constantFrom(false, false, false, true),
});

const days = fc.constantFrom(1, 3, 7, 30, 3650);
const leafArb: fc.Arbitrary<SegmentLeaf> = fc.oneof(
  fc.record({ type: fc.constant('tag' as const), tagId: fc.constantFrom(...ids.tags), has: fc.boolean() }),
  fc.record({ type: fc.constant('source' as const), in: fc.subarray(['jd_search', 'qr', 'nowhere'], { minLength: 1 }) }),
  fc.record({ type: fc.constant('first_seen' as const), op: fc.constantFrom('within' as const, 'before' as const), days }),
  fc.record({ type: fc.constant('last_visit' as const), op: fc.constantFrom('within' as const, 'before' as const), days }),
  fc.constant({ type: 'last_visit' as const, op: 'never' as const }),
  fc.record({ type: fc.constant('has_coupon' as const), state: fc.constantFrom('claimed' as const, 'redeemed' as const, 'expired' as const, 'revoked' as const), templateId: fc.constantFrom(undefined, ...ids.coupons) }),
  fc.record({ type: fc.constant('coupon_expires_within' as const), days, templateId: fc.constantFrom(undefined, ...ids.coupons) }),
  fc.record({
    type: fc.constant('has_permit' as const), templateId: fc.constantFrom(undefined, ...ids.messages), atLeast: fc.constantFrom(1, 2, 3, 6),
    kind: fc.constantFrom(undefined, 'one_time_subscription' as const, 'long_term_subscription' as const, 'service_window' as const),
  }),
  fc.record({ type: fc.constant('window_open' as const), hoursLeft: fc.constantFrom(0, 0.5, 1, 12, 24, 48) }),
  fc.record({ type: fc.constant('redeemed' as const), days }),
  fc.record({ type: fc.constant('claimed_offer' as const), offerId: fc.constantFrom(...ids.offers) }),
);
const { node: nodeArb } = fc.letrec<{ node: SegmentNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leafArb,
    fc.record({ and: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
}));

let people: Person[];

beforeAll(async () => {
  t = await startTestApp({}, [SegmentsModule]);
  t.clock.set(NOW);
  tenant = await t.tenant();
  stranger = await t.tenant();
  people = fc.sample(personArb, { numRuns: PEOPLE, seed: 20261124 }).map((person) => ({ ...person, id: newId() }));
  await settle(tenant);
  await putAll(people);
  const other = newId();
  await t.sql('insert into customers (tenant_id, id) values ($1, $2)', [stranger, other]);
});
afterAll(() => t.stop());

async function settle(owner: string): Promise<void> {
  for (const [id, platform, status] of [[ids.live, 'wechat_mini_program', 'live'], [ids.paused, 'wechat_mini_program', 'paused'], [ids.web, 'h5', 'live']])
    await t.sql("insert into channels (tenant_id, id, platform, name, app_id, status) values ($1, $2, $3, '店', $4, $5)", [owner, id, platform, `app-${id}`, status]);
  for (const [index, id] of ids.tags.entries()) await t.sql('insert into tags (tenant_id, id, name) values ($1, $2, $3)', [owner, id, `标签${index}`]);
  for (const id of ids.coupons)
    await t.sql("insert into coupon_templates (tenant_id, id, name, kind, value_fen, stock, remaining, validity, valid_days) values ($1, $2, '券', 'amount', 100, 9, 9, 'relative', 7)", [owner, id]);
  for (const id of ids.messages)
    await t.sql("insert into message_templates (tenant_id, id, channel_id, external_id, title, content, fields) values ($1, $2, $3, $4, '提醒', '', '[]')", [owner, id, ids.live, id]);
  for (const id of ids.offers)
    await t.sql("insert into offers (tenant_id, id, name, headline, channel_id, coupon_template_id) values ($1, $2, '活动', '活动', $3, $4)", [owner, id, ids.live, ids.coupons[0]]);
}

async function putAll(all: readonly Person[]): Promise<void> {
  const put = async (sql: string, rows: readonly unknown[]): Promise<void> => {
    await t.sql(sql, [tenant, JSON.stringify(rows)]);
  };
  await put(
    `insert into customers (tenant_id, id, first_source, created_at, last_visit_at, opted_out_at)
     select $1, id, "firstSource", "createdAt", "lastVisitAt", case when "isOut" then now() end
     from jsonb_to_recordset($2) as r(id uuid, "firstSource" text, "createdAt" timestamptz, "lastVisitAt" timestamptz, "isOut" boolean)`, all);
  await put('insert into customer_tags (tenant_id, customer_id, tag_id) select $1, id, tag from jsonb_to_recordset($2) as r(id uuid, tag uuid)',
    all.flatMap(({ id, tagIds }) => [...tagIds].map((tag) => ({ id, tag }))));
  await put(
    `insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id, revoked_at)
     select $1, id, id, "channelId", 'openid', id::text, case when "isRevoked" then now() end
     from jsonb_to_recordset($2) as r(id uuid, "channelId" uuid, "isRevoked" boolean)`, all);
  await put(
    `insert into permits (tenant_id, identity_id, kind, scope, remaining, expires_at) select $1, id, kind, scope, remaining, "expiresAt"
     from jsonb_to_recordset($2) as r(id uuid, kind text, scope text, remaining bigint, "expiresAt" timestamptz)`,
    all.flatMap(({ id, permits }) => permits.map((permit) => ({ ...permit, id }))));
  const coupons = all.flatMap(({ id, coupons: held }) => held.map((coupon, number) => ({ ...coupon, customer: id, number, coupon: newId() })));
  await put(
    `insert into coupons (tenant_id, id, template_id, customer_id, number, code, state, offer_id, source_key, usable_from, expires_at)
     select $1, coupon, "templateId", customer, number, coupon::text, state, "offerId", coupon::text, now(), "expiresAt"
     from jsonb_to_recordset($2) as r(coupon uuid, "templateId" uuid, customer uuid, number int, state text, "offerId" uuid, "expiresAt" timestamptz)`, coupons);
  const [anyCoupon] = coupons;
  await put(
    `insert into redemptions (tenant_id, id, coupon_id, customer_id, request_key, redeemed_at, undone_at)
     select $1, redemption, coupon, id, redemption::text, "redeemedAt", "undoneAt"
     from jsonb_to_recordset($2) as r(redemption uuid, coupon uuid, id uuid, "redeemedAt" timestamptz, "undoneAt" timestamptz)`,
    all.flatMap(({ id, redemptions }) => redemptions.map((one) => ({ ...one, id, redemption: newId(), coupon: anyCoupon?.coupon }))));
}

// What the database cannot see of a revoked identity, the evaluator is not told either.
const factsOf = (person: Person): CustomerFacts => (person.isRevoked ? { ...person, permits: [] } : person);

const selected = (rule: SegmentRule): Promise<string[]> => {
  const compiled = compileSegment(rule, { now: NOW, startParam: 2 });
  return t.as(tenant, () => t.get(TenantDb).read(async () => {
    const rows = await t.get(TenantDb).query<{ id: string }>(`select c.id from customers c where $1::int = 7 and ${compiled.sql} order by c.id`, [7, ...compiled.params]);
    return rows.map((row) => row.id);
  }));
};

describe('a rule in SQL', () => {
  it('selects exactly the people that the rule in memory selects', async () => {
    let matched = 0;
    await fc.assert(
      fc.asyncProperty(nodeArb, async (root) => {
        const rule: SegmentRule = { version: 1, root };
        const expected = people.filter((person) => matchesSegment(rule, factsOf(person), NOW)).map((person) => person.id).toSorted();
        if (expected.length > 0 && expected.length < PEOPLE) matched += 1;
        expect(await selected(rule)).toEqual(expected);
      }),
      { numRuns: 250, seed: 7 },
    );
    expect(matched, 'rules that divide the people').toBeGreaterThan(100);
  });
});

describe('segments of a merchant', () => {
  const service = () => t.get(SegmentsService);
  const sleepers: SegmentRule = { version: 1, root: { type: 'last_visit', op: 'before', days: 30 } };

  it('are saved, renamed, counted, sampled and archived', async () => {
    await t.as(tenant, async () => {
      const made = await service().save(undefined, ' 沉睡客户 ', sleepers);
      expect(made).toMatchObject({ name: '沉睡客户', rule: sleepers });
      const expected = people.filter((person) => matchesSegment(sleepers, person, NOW)).length;
      expect(await service().counts([made, { ...made, rule: EVERYONE }])).toEqual([expected, PEOPLE]);
      expect(await service().sample(EVERYONE, 3)).toEqual(people.map((person) => person.id).toSorted().toReversed().slice(0, 3));
      await expect(service().save(undefined, '沉睡客户', EVERYONE)).rejects.toMatchObject({ kind: 'conflict' });
      const other = await service().save(undefined, '所有人', EVERYONE);
      await expect(service().save(other.id, '沉睡客户', EVERYONE)).rejects.toMatchObject({ kind: 'conflict' });
      expect((await service().save(made.id, '沉睡客户', EVERYONE)).rule).toEqual(EVERYONE);
      await service().archive(made.id);
      expect((await service().list()).map((one) => one.name)).toEqual(['所有人']);
      await service().save(undefined, '沉睡客户', sleepers);
    });
  });

  it('refuse a rule that names what is not there, and say where', async () => {
    await t.as(tenant, async () => {
      const strange = { version: 1, root: { and: [{ type: 'redeemed', days: 1 }, { not: { type: 'tag', tagId: newId(), has: true } }] } };
      await expect(service().save(undefined, 'x', strange)).rejects.toMatchObject({ kind: 'invalid', details: { field: 'rule.root.and[1].not.tagId', problem: 'unknown_reference' } });
      await expect(service().save(undefined, '', EVERYONE)).rejects.toMatchObject({ details: { field: 'name' } });
      await expect(service().reach({ version: 1, root: { type: 'redeemed', days: 0 } })).rejects.toMatchObject({ details: { field: 'rule.root.days' } });
      await expect(service().sample(EVERYONE, 51)).rejects.toMatchObject({ details: { field: 'first' } });
    });
    const rule = { version: 1, root: { type: 'tag', tagId: ids.tags[0], has: true } };
    await t.as(stranger, () => expect(service().save(undefined, 'x', rule)).rejects.toMatchObject({ kind: 'invalid' }));
  });

  it('belong to their merchant alone', async () => {
    const made = await t.as(tenant, () => service().save(undefined, '新客', sleepers));
    await t.as(stranger, async () => {
      await expect(service().get(made.id)).rejects.toMatchObject({ kind: 'not_found' });
      await expect(service().save(made.id, 'y', EVERYONE)).rejects.toMatchObject({ kind: 'not_found' });
      await expect(service().archive(made.id)).rejects.toMatchObject({ kind: 'not_found' });
      expect((await service().reachOfAll()).total).toBe(1);
    });
  });

  it('say how their people can be reached', async () => {
    const known = people.filter((person) => person.channelId === ids.live && !person.isRevoked && !person.isOut);
    const spendable = (person: Person) => person.permits.filter((one) => one.remaining !== 0 && (one.expiresAt === null || one.expiresAt > NOW));
    const now = known.filter((person) => spendable(person).length > 0);
    const reach = await t.as(tenant, () => service().reachOfAll());
    expect(reach).toMatchObject({ total: PEOPLE, now: now.length, afterPrompt: known.length - now.length, unreachable: PEOPLE - known.length });
    for (const kind of ['one_time_subscription', 'long_term_subscription', 'service_window']) {
      const count = known.filter((person) => spendable(person).some((one) => one.kind === kind)).length;
      expect(reach.byChannel).toContainEqual({ channelId: ids.live, channelName: '店', kind, count });
    }
    expect(reach.byChannel).toHaveLength(3);
  });
});
