import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { ConsentsService } from '../consents/index.js';
import { Dispatches } from './dispatches.service.js';
import { MessagesModule } from './messages.module.js';
import type { DispatchSpec, PlanReason, SqlCondition } from './plan.js';
import { Planner } from './planner.service.js';
import { aMerchantWith, specFor, type Person, type Stage } from './testing/audience.fixture.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({}, [MessagesModule]);
});
afterAll(() => t.stop());

const EVERYONE: SqlCondition = { sql: 'true', params: [] };
const NOON = new Date('2026-11-24T04:00:00Z'); // 12:00 in Shanghai

const person: fc.Arbitrary<Person> = fc.record({
  name: fc.option(fc.constantFrom('王小明', '李雷'), { freq: 2 }),
  isOptedOut: fc.boolean(),
  hasWithdrawn: fc.constantFrom(false, false, false, true),
  identity: fc.constantFrom('known', 'known', 'known', 'revoked', 'none'),
  permits: fc.nat(2),
  window: fc.constantFrom('none', 'open', 'open', 'closing', 'over', 'used'),
  otherPermits: fc.nat(1),
  sentToday: fc.nat(3),
  coupon: fc.constantFrom('none', 'claimed', 'over'),
}).map((one) => ({ ...one, isOptedOut: one.isOptedOut && one.hasWithdrawn }));

const stage: fc.Arbitrary<Stage> = fc.record({
  people: fc.array(person, { minLength: 1, maxLength: 25 }),
  isOtherPaused: fc.constantFrom(false, false, true),
  holdoutPercent: fc.constantFrom(0, 20),
  cap: fc.option(fc.constant({ messages: 2, days: 7 })),
  needsName: fc.boolean(),
  needsCoupon: fc.boolean(),
  ladder: fc.shuffledSubarray(['window', 'subscription', 'other'] as const, { minLength: 1 }),
});

/** The rule once more, in memory: what the ladder means for one person. */
function expected(one: Person, { ladder, cap, isOtherPaused, needsName, needsCoupon }: Stage): { chosen: number | null; reasons: PlanReason[] } {
  const blocked = (): PlanReason | undefined => {
    if (one.isOptedOut || one.hasWithdrawn) return 'opted_out';
    return cap && one.sentToday >= cap.messages ? 'capped' : undefined;
  };
  const lacks = (needs: { name: boolean; coupon: boolean }): boolean => (needs.name && one.name === null) || (needs.coupon && one.coupon !== 'claimed');
  const verdicts = ladder.map((rung): PlanReason | undefined => {
    const person = blocked();
    if (person) return person;
    if (rung === 'other' && isOtherPaused) return 'channel_paused';
    if (one.identity !== 'known') return 'no_identity';
    if (rung === 'window') return one.window !== 'open' ? 'window_closed' : lacks({ name: needsName, coupon: false }) ? 'variable_missing' : undefined;
    const permits = rung === 'other' ? one.otherPermits : one.permits;
    return permits === 0 ? 'no_permit' : lacks({ name: false, coupon: needsCoupon }) ? 'variable_missing' : undefined;
  });
  const chosen = verdicts.indexOf(undefined);
  return { chosen: chosen < 0 ? null : chosen, reasons: verdicts.filter((reason) => reason !== undefined) };
}

const rowsOf = (spec: DispatchSpec) => t.sql<{ customer_id: string; state: string; reason: PlanReason | null; content_index: number | null }>(
  'select customer_id, state, reason, content_index from messages where dispatch_id = $1', [spec.dispatchId]);

describe('the planner', () => {
  it('forecasts exactly what it then plans, previews each person the same, and agrees with the rule in memory', async () => {
    t.clock.set(NOON);
    await fc.assert(fc.asyncProperty(stage, async (given) => {
      const scene = await aMerchantWith(t, given, NOON);
      const spec = specFor(scene, given);
      await t.as(scene.tenantId, async () => {
        const [planner, books] = [t.get(Planner), t.get(ConsentsService)];
        const forecast = await planner.forecast(spec, EVERYONE);
        const previews = new Map<string, Awaited<ReturnType<Planner['preview']>>>();
        for (const { customerId } of scene.people) previews.set(customerId, await planner.preview(spec, customerId));
        await t.get(Dispatches).open(spec);
        const half = scene.people.map((p) => p.customerId).sort()[Math.floor(scene.people.length / 2)];
        const outcomes = [await planner.planChunk(spec.dispatchId, { audience: EVERYONE, toId: half }), await planner.planChunk(spec.dispatchId, { audience: EVERYONE, fromId: half })];
        const again = await planner.planChunk(spec.dispatchId, { audience: EVERYONE });
        expect(again.audience).toBe(0);

        const rows = await rowsOf(spec);
        expect(rows).toHaveLength(scene.people.length);
        expect(forecast.audience).toBe(rows.length);
        expect(outcomes[0]!.audience + outcomes[1]!.audience).toBe(rows.length);
        expect(forecast.holdout).toBe(rows.filter((row) => row.state === 'held_back').length);
        for (const [index] of given.ladder.entries()) {
          expect(forecast.reachable.find((rung) => rung.index === index)?.count ?? 0).toBe(rows.filter((row) => row.state === 'planned' && row.content_index === index).length);
        }
        const skipped = Object.groupBy(rows.filter((row) => row.state === 'skipped'), (row) => row.reason ?? '');
        expect(Object.fromEntries(forecast.unreachable.map(({ reason, count }) => [reason, count]))).toEqual(
          Object.fromEntries(Object.entries(skipped).map(([reason, of]) => [reason, of?.length])));

        for (const [at, { customerId }] of scene.people.entries()) {
          const [row, preview, rule] = [rows.find((one) => one.customer_id === customerId)!, previews.get(customerId)!, expected(given.people[at]!, given)];
          expect(preview.isHeldBack).toBe(row.state === 'held_back');
          if (row.state === 'held_back') continue;
          expect(preview.chosenIndex ?? null).toBe(row.content_index);
          expect(preview.reason ?? null).toBe(row.reason);
          expect(row.content_index).toBe(rule.chosen);
          if (rule.chosen === null) expect(rule.reasons).toContain(row.reason);
          expect(preview.considered.filter((rung) => rung.verdict === 'chosen').map((rung) => rung.index)).toEqual(rule.chosen === null ? [] : [rule.chosen]);
        }
        const balance = await books.balance();
        expect(balance.offBalance).toBe(0);
        expect(balance.remaining - scene.windowLeftovers).toBe(forecast.permitsAfter);
      });
    }), { numRuns: 25 });
    t.clock.set(undefined);
  });

  const last: Person = { name: '小王', isOptedOut: false, hasWithdrawn: false, identity: 'known', permits: 1, window: 'none', otherPermits: 0, sentToday: 0, coupon: 'none' };
  const plain: Stage = { people: [last], isOtherPaused: false, holdoutPercent: 0, cap: null, needsName: false, needsCoupon: false, ladder: ['subscription'] };

  it('gives the last permit to one of 50 dispatches that plan at once', async () => {
    const scene = await aMerchantWith(t, plain, new Date());
    await t.as(scene.tenantId, async () => {
      const specs = Array.from({ length: 50 }, () => specFor(scene, plain));
      for (const spec of specs) await t.get(Dispatches).open(spec);
      const outcomes = await Promise.all(specs.map((spec) => t.get(Planner).planChunk(spec.dispatchId, { audience: EVERYONE })));
      expect(outcomes.filter((o) => o.reachable.length > 0)).toHaveLength(1);
      expect(outcomes.flatMap((o) => o.unreachable)).toEqual(Array.from({ length: 49 }, () => ({ reason: 'no_permit', count: 1 })));
      expect(await t.get(ConsentsService).balance()).toMatchObject({ offBalance: 0, remaining: 0 });
    });
  });

  it('keeps the cap when two dispatches plan the same people at once', async () => {
    const given: Stage = { ...plain, people: [{ ...last, permits: 2, sentToday: 1 }], cap: { messages: 2, days: 7 } };
    const scene = await aMerchantWith(t, given, new Date());
    await t.as(scene.tenantId, async () => {
      const specs = [specFor(scene, given), specFor(scene, given)];
      for (const spec of specs) await t.get(Dispatches).open(spec);
      const outcomes = await Promise.all(specs.map((spec) => t.get(Planner).planChunk(spec.dispatchId, { audience: EVERYONE })));
      expect(outcomes.flatMap((o) => o.unreachable)).toEqual([{ reason: 'capped', count: 1 }]);
    });
  });

  it('plans a chunk once under 50 copies of its job', async () => {
    const given: Stage = { ...plain, people: Array.from({ length: 20 }, () => ({ ...last, permits: 2 })) };
    const scene = await aMerchantWith(t, given, new Date());
    const spec = specFor(scene, given);
    await t.as(scene.tenantId, async () => {
      await t.get(Dispatches).open(spec);
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => t.get(Planner).planChunk(spec.dispatchId, { audience: EVERYONE })));
      expect(outcomes.reduce((sum, outcome) => sum + outcome.audience, 0)).toBe(20);
      expect(await t.get(ConsentsService).balance()).toMatchObject({ offBalance: 0, remaining: 20 });
    });
  });

  it('waits for the end of the quiet hours, and skips when that is too late', async () => {
    t.clock.set(new Date('2026-11-24T15:00:00Z')); // 23:00 in Shanghai
    const scene = await aMerchantWith(t, plain, t.clock.now());
    const quiet = { from: '22:00', until: '09:00' };
    await t.as(scene.tenantId, async () => {
      const spec = { ...specFor(scene, plain), quiet };
      expect(await t.get(Planner).forecast(spec, EVERYONE)).toMatchObject({ deferred: 1, reachable: [{ index: 0, count: 1 }] });
      expect((await t.get(Planner).preview(spec, scene.people[0]!.customerId)).dueAt.toISOString()).toBe('2026-11-25T01:00:00.000Z');
      const late = { ...spec, latestUsefulAt: new Date('2026-11-25T00:59:00Z') };
      expect(await t.get(Planner).forecast(late, EVERYONE)).toMatchObject({ reachable: [], unreachable: [{ reason: 'quiet_hours_too_late', count: 1 }] });
    });
    t.clock.set(undefined);
  });

  it('cancelling gives every permit back, once, under 50 at once', async () => {
    const given: Stage = { ...plain, people: Array.from({ length: 20 }, () => last) };
    const scene = await aMerchantWith(t, given, new Date());
    const spec = specFor(scene, given);
    await t.as(scene.tenantId, async () => {
      const dispatches = t.get(Dispatches);
      await dispatches.open(spec);
      await t.get(Planner).planChunk(spec.dispatchId, { audience: EVERYONE });
      expect(await t.get(ConsentsService).balance()).toMatchObject({ offBalance: 0, remaining: 0 });
      const released = await Promise.all(Array.from({ length: 50 }, () => dispatches.cancel(spec.dispatchId)));
      expect(released.reduce((a, b) => a + b)).toBe(20);
      expect(await t.get(ConsentsService).balance()).toMatchObject({ offBalance: 0, remaining: 20 });
      expect((await dispatches.progress([spec.dispatchId])).get(spec.dispatchId)).toMatchObject({ cancelled: 20, planned: 0 });
      expect((await t.get(Planner).planChunk(spec.dispatchId, { audience: EVERYONE })).audience).toBe(0);
    });
  });

  it('knows no customer and no dispatch of another merchant', async () => {
    const [mine, theirs] = [await aMerchantWith(t, plain, new Date()), await aMerchantWith(t, plain, new Date())];
    const spec = specFor(mine, plain);
    await t.as(mine.tenantId, () => t.get(Dispatches).open(spec));
    await t.as(theirs.tenantId, async () => {
      await expect(t.get(Planner).preview(specFor(theirs, plain), mine.people[0]!.customerId)).rejects.toMatchObject({ kind: 'not_found' });
      await expect(t.get(Planner).planChunk(spec.dispatchId, { audience: EVERYONE })).rejects.toMatchObject({ kind: 'not_found' });
      expect(await t.get(Dispatches).cancel(spec.dispatchId)).toBe(0);
      expect(await t.get(Dispatches).pause(spec.dispatchId)).toBe(false);
    });
  });
});
