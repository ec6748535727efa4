import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { ConsentsService, Ledger } from '../consents/index.js';
import { aScene, people, type KnownPerson, type Scene } from '../consents/testing/scene.fixture.js';
import { Dispatches } from './dispatches.service.js';
import { MessagesModule } from './messages.module.js';
import type { DispatchSpec, Rung } from './plan.js';
import { Planner } from './planner.service.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({}, [MessagesModule]);
});
afterAll(() => t.stop());

const NOON = new Date('2026-11-24T04:00:00Z');
const EVERYONE = { sql: 'true', params: [] };

async function anAccount(platform: string, names: string[], settings: Record<string, unknown> = {}): Promise<{ scene: Scene; known: KnownPerson[] }> {
  const scene = await aScene(t);
  await t.sql('update channels set platform = $2, settings = $3 where id = $1', [scene.channelId, platform, JSON.stringify(settings)]);
  return { scene, known: await people(t, scene, names) };
}
const within = <T>(scene: Scene, work: () => Promise<T>): Promise<T> => t.as(scene.tenantId, work);
const specOf = (...contents: Rung[]): DispatchSpec => ({ dispatchId: newId(), purpose: 'recall', contents, holdoutPercent: 0 });
const balance = (scene: Scene) => within(scene, () => t.get(ConsentsService).balance());
const plan = (scene: Scene, spec: DispatchSpec) => within(scene, async () => {
  await t.get(Dispatches).open(spec);
  return t.get(Planner).planChunk(spec.dispatchId, { audience: EVERYONE });
});
const permits = (scene: Scene) => t.sql<{ kind: string; scope: string; remaining: number | null; expires: Date | null }>(
  'select kind, scope, remaining::int, expires_at as expires from permits where tenant_id = $1 order by kind, scope, remaining', [scene.tenantId]);

describe('permits of the calendar', () => {
  it('come into being with the first message, four posts a month, and are used up after them', async () => {
    t.clock.set(NOON);
    const { scene } = await anAccount('wechat_official_account', ['甲', '乙']);
    const post: Rung = { kind: 'post', channelId: scene.channelId, text: '上新了' };
    const forecast = await within(scene, () => t.get(Planner).forecast(specOf(post), EVERYONE));
    expect(forecast).toMatchObject({ reachable: [{ index: 0, count: 2 }], permitsBefore: 8, permitsAfter: 6, exhausted: 0 });
    expect(await permits(scene)).toEqual([]);
    for (let i = 0; i < 4; i++) expect(await plan(scene, specOf(post))).toMatchObject({ reachable: [{ count: 2 }] });
    const used = { kind: 'mass_post', scope: '2026-11', remaining: 0, expires: new Date('2026-11-30T16:00:00Z') };
    expect(await permits(scene)).toEqual([used, used]);
    expect(await plan(scene, specOf(post))).toMatchObject({ reachable: [], unreachable: [{ reason: 'allowance_used_up', count: 2 }] });
    t.clock.set(new Date('2026-11-30T16:00:01Z'));
    expect(await plan(scene, specOf(post))).toMatchObject({ reachable: [{ count: 2 }] });
    expect(await balance(scene)).toMatchObject({ permits: 4, offBalance: 0 });
    t.clock.set(undefined);
  });

  it('give the last send to one of many dispatches that plan at once', async () => {
    const { scene } = await anAccount('wecom', ['甲', '乙', '丙']);
    const task: Rung = { kind: 'contact_task', channelId: scene.channelId, text: '您好', deadlineHours: 24 };
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => plan(scene, specOf(task))));
    expect(outcomes.reduce((sum, { reachable }) => sum + (reachable[0]?.count ?? 0), 0)).toBe(3); // once a day each, unless the corp says otherwise
    expect(await balance(scene)).toMatchObject({ permits: 3, offBalance: 0, remaining: 0 });
  });

  it('follow the corp’s own rule', async () => {
    t.clock.set(NOON);
    const { scene } = await anAccount('wecom', ['甲'], { contactRule: 'monthly_days' });
    await plan(scene, specOf({ kind: 'contact_task', channelId: scene.channelId, text: '您好', deadlineHours: 24 }));
    expect(await permits(scene)).toEqual([{ kind: 'contact_message', scope: '2026-11', remaining: 29, expires: new Date('2026-11-30T16:00:00Z') }]);
    t.clock.set(undefined);
  });

  it('are written only for those whom the rung is for', async () => {
    const { scene, known } = await anAccount('wechat_official_account', ['甲', '乙']);
    await within(scene, () => t.get(Ledger).accept([{ identityId: known[0]!.identityId, kind: 'one_time_subscription', scope: scene.templateId, sourceKey: newId(), reportedBy: 'callback', occurredAt: new Date() }]));
    const fields = { thing1: '满50减10', time2: '2026年12月1日 18:00' };
    const outcome = await plan(scene, specOf({ kind: 'subscription', channelId: scene.channelId, templateId: scene.templateId, fields }, { kind: 'post', channelId: scene.channelId, text: '上新了' }));
    expect(outcome.reachable).toEqual([{ index: 0, count: 1 }, { index: 1, count: 1 }]);
    expect(await permits(scene)).toMatchObject([{ kind: 'mass_post', remaining: 3 }, { kind: 'one_time_subscription', remaining: 0 }]);
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });

  it('goes back when the dispatch is cancelled', async () => {
    const { scene } = await anAccount('wechat_official_account', ['甲']);
    const spec = specOf({ kind: 'post', channelId: scene.channelId, text: '上新了' });
    await plan(scene, spec);
    await within(scene, () => t.get(Dispatches).cancel(spec.dispatchId));
    expect(await permits(scene)).toMatchObject([{ remaining: 4 }]);
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });
});

describe('template messages to followers', () => {
  it('need no permit row, and leave out who switched them off', async () => {
    const { scene, known } = await anAccount('wechat_official_account', ['甲', '乙']);
    const fields = { thing1: '满50减10', time2: '2026年12月1日 18:00' };
    const spec = (): DispatchSpec => specOf({ kind: 'template', channelId: scene.channelId, templateId: scene.templateId, fields });
    expect(await plan(scene, spec())).toMatchObject({ reachable: [{ count: 2 }] });
    expect(await permits(scene)).toEqual([]);
    await within(scene, () => t.get(Ledger).correctToZero(known[0]!.identityId, 'template_message', '', { reason: 'blocked', evidence: {} }));
    expect(await plan(scene, spec())).toMatchObject({ reachable: [{ count: 1 }], unreachable: [{ reason: 'no_permit', count: 1 }] });
    await within(scene, () => t.get(Ledger).followed([known[0]!.identityId]));
    expect(await plan(scene, spec())).toMatchObject({ reachable: [{ count: 2 }] });
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });
});
