import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { ConsentsModule } from './consents.module.js';
import { ConsentsService } from './consents.service.js';
import { Ledger } from './ledger.service.js';
import type { PromptReport } from './prompt.js';
import { PromptsService } from './prompts.service.js';
import { aScene, inbound, people, type KnownPerson, type Scene } from './testing/scene.fixture.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({}, [ConsentsModule]);
});
afterAll(() => t.stop());

const permits = async (scene: Scene, person: KnownPerson) => {
  const rows = await t.as(scene.tenantId, () => t.get(ConsentsService).ofCustomers([person.customerId]));
  return Object.fromEntries(rows.map((row) => [row.kind === 'service_window' ? row.scope : row.kind, row.remaining]));
};
const balance = (scene: Scene) => t.as(scene.tenantId, () => t.get(ConsentsService).balance());
const report = (scene: Scene, person: KnownPerson, more: Partial<PromptReport> = {}): PromptReport => ({
  identityId: person.identityId, kind: 'one_time_subscription', scope: scene.templateId, sourceKey: newId(), reportedBy: 'callback', occurredAt: new Date(), ...more,
});
const answered = (scene: Scene, person: KnownPerson, status: string, at: Date) => ({
  type: 'subscription.answered', externalId: person.openid, at: at.toISOString(), dedupKey: newId(), templateExternalId: scene.templateExternalId, status,
});
const switched = (scene: Scene, person: KnownPerson, at: Date) => ({ ...answered(scene, person, 'reject', at), type: 'subscription.changed' });
const enter = (scene: Scene, ...events: (readonly Record<string, unknown>[])[]) =>
  t.as(scene.tenantId, async () => t.get(PromptsService).enter(scene.channelId, await inbound(t, scene, events)));

describe('the reach ledger', () => {
  it('counts a tap once under 50 copies of its callback and its client report, in whatever order', async () => {
    const scene = await aScene(t);
    const [person] = await people(t, scene, ['小王']) as [KnownPerson];
    const [callback, client] = [report(scene, person), report(scene, person, { reportedBy: 'client' })];
    const copies = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? callback : client));
    const granted = await Promise.all(copies.map((copy) => t.as(scene.tenantId, () => t.get(Ledger).accept([copy]))));
    expect(granted.flat()).toHaveLength(1);
    expect(await permits(scene, person)).toEqual({ one_time_subscription: 1 });
    expect(await balance(scene)).toMatchObject({ permits: 1, offBalance: 0, remaining: 1 });
  });

  it('counts 50 taps at once 50 times', async () => {
    const scene = await aScene(t);
    const [person] = await people(t, scene, ['小王']) as [KnownPerson];
    await Promise.all(Array.from({ length: 50 }, () => t.as(scene.tenantId, () => t.get(Ledger).accept([report(scene, person)]))));
    expect(await permits(scene, person)).toEqual({ one_time_subscription: 50 });
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });

  it('opens the windows that an official account grants, side by side, and none twice', async () => {
    const scene = await aScene(t);
    await t.sql(`update channels set platform = 'wechat_official_account' where id = $1`, [scene.channelId]);
    const [fan, reader] = await people(t, scene, ['粉丝', '读者']) as [KnownPerson, KnownPerson];
    const did = (person: KnownPerson, type: string, more: Record<string, unknown> = {}) => ({ type, externalId: person.openid, at: new Date().toISOString(), dedupKey: newId(), ...more });
    const wrote = did(fan, 'customer.wrote', { msgId: newId(), kind: 'text', text: '在吗' });
    await enter(scene, [did(fan, 'follower.followed', { scene: 's1' }), wrote], [wrote, did(fan, 'menu.tapped', { key: 'k', opens: 'answer' })], [did(reader, 'menu.tapped', { key: 'k', opens: 'page' })]);
    expect(await permits(scene, fan)).toEqual({ follow: 3, scan: 3, message: 5, menu: 3 });
    expect(await permits(scene, reader)).toEqual({});
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });

  it('lets a template reach again who follows again', async () => {
    const scene = await aScene(t);
    await t.sql(`update channels set platform = 'wechat_official_account' where id = $1`, [scene.channelId]);
    const [fan] = await people(t, scene, ['粉丝']) as [KnownPerson];
    await t.as(scene.tenantId, () => t.get(Ledger).correctToZero(fan.identityId, 'template_message', '', { reason: 'blocked', evidence: {} }));
    expect(await permits(scene, fan)).toEqual({ template_message: 0 });
    await enter(scene, [{ type: 'follower.followed', externalId: fan.openid, at: new Date().toISOString(), dedupKey: newId() }]);
    expect(await permits(scene, fan)).toMatchObject({ template_message: null, follow: 3 });
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });

  it('enters stored callbacks: accept grants, reject does not, ban and switch take away', async () => {
    const scene = await aScene(t);
    const [anna, ben, cora] = await people(t, scene, ['安', '本', '可']) as [KnownPerson, KnownPerson, KnownPerson];
    const at = new Date(Date.now() - 60_000);
    const accepts = [anna, ben, cora].map((person) => answered(scene, person, 'accept', at));
    await enter(scene, accepts, [answered(scene, anna, 'reject', new Date())]);
    await enter(scene, [answered(scene, ben, 'ban', new Date())], [switched(scene, cora, new Date())]);
    expect(await permits(scene, anna)).toEqual({ one_time_subscription: 1 });
    expect(await permits(scene, ben)).toEqual({ one_time_subscription: 0 });
    expect(await permits(scene, cora)).toEqual({ one_time_subscription: 0 });
    expect(await balance(scene)).toMatchObject({ permits: 3, offBalance: 0, drift: 0, remaining: 1 });
    const facts = await t.sql<{ type: string }>('select type from customer_events where tenant_id = $1 order by type', [scene.tenantId]);
    expect(facts.map((f) => f.type)).toEqual(['subscription.accepted', 'subscription.accepted', 'subscription.accepted', 'subscription.rejected', 'subscription.rejected', 'subscription.switched_off']);
  });

  it('enters a batch in which two pushes tell the same switch, and loses nothing else of it', async () => {
    const scene = await aScene(t);
    const [anna, ben] = await people(t, scene, ['安', '本']) as [KnownPerson, KnownPerson];
    await enter(scene, [answered(scene, anna, 'accept', new Date(Date.now() - 60_000))]);
    const off = switched(scene, anna, new Date());
    await enter(scene, [off], [off, answered(scene, ben, 'accept', new Date())]);
    expect(await permits(scene, anna)).toEqual({ one_time_subscription: 0 });
    expect(await permits(scene, ben)).toEqual({ one_time_subscription: 1 });
    expect(await balance(scene)).toMatchObject({ offBalance: 0, remaining: 1 });
  });

  it('enters a batch with a long text whose cut falls into an emoji', async () => {
    const scene = await aScene(t);
    const [anna] = await people(t, scene, ['安']) as [KnownPerson];
    const text = `${'好'.repeat(199)}😀😀`;
    await enter(scene, [{ type: 'customer.wrote', externalId: anna.openid, at: new Date().toISOString(), dedupKey: newId(), msgId: '1', kind: 'text', text }]);
    expect(await permits(scene, anna)).toEqual({ message: 5 });
    const [fact] = await t.sql<{ text: string }>(`select detail ->> 'text' as text from customer_events where tenant_id = $1 and type = 'customer.wrote'`, [scene.tenantId]);
    expect(fact!.text).toBe(`${'好'.repeat(199)}😀`);
  });

  it('a switch turned off before a later accept leaves that accept alone, though it is told after it', async () => {
    const scene = await aScene(t);
    const [person] = await people(t, scene, ['小王']) as [KnownPerson];
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    await enter(scene, [answered(scene, person, 'accept', ago(90))], [answered(scene, person, 'accept', ago(30))]);
    await enter(scene, [switched(scene, person, ago(60))]);
    expect(await permits(scene, person)).toEqual({ one_time_subscription: 1 });
    await enter(scene, [answered(scene, person, 'accept', ago(80))]); // late, from before the switch
    expect(await permits(scene, person)).toEqual({ one_time_subscription: 1 });
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });

  it('resets windows and never adds them up, and closes them by the clock', async () => {
    const scene = await aScene(t);
    const [person] = await people(t, scene, ['小王']) as [KnownPerson];
    const wrote = (secondsAgo: number) => ({ type: 'customer.wrote', externalId: person.openid, at: new Date(Date.now() - secondsAgo * 1000).toISOString(), dedupKey: newId(), msgId: '1', kind: 'text', text: '在吗' });
    const entered = { ...wrote(5), type: 'customer.entered', sessionFrom: 'home' };
    await enter(scene, [wrote(20)], [wrote(10)], [entered]);
    await enter(scene, [wrote(30)]);
    expect(await permits(scene, person)).toEqual({ message: 5, enter: 2 });
    expect(await balance(scene)).toMatchObject({ offBalance: 0, remaining: 7 });
    const expiries = Array.from({ length: 10 }, () => t.as(scene.tenantId, () => t.get(Ledger).expire()));
    expect((await Promise.all(expiries)).reduce((a, b) => a + b)).toBe(0);
    t.clock.set(new Date(Date.now() + 70_000));
    expect((await Promise.all(Array.from({ length: 10 }, () => t.as(scene.tenantId, () => t.get(Ledger).expire())))).reduce((a, b) => a + b)).toBe(1);
    t.clock.set(undefined);
    expect(await permits(scene, person)).toEqual({ message: 5, enter: 0 });
    expect(await balance(scene)).toMatchObject({ offBalance: 0, remaining: 5 });
  });

  it('corrects to zero once, with its reason, under 50 at once', async () => {
    const scene = await aScene(t);
    const [person] = await people(t, scene, ['小王']) as [KnownPerson];
    await t.as(scene.tenantId, () => t.get(Ledger).accept([report(scene, person, { occurredAt: new Date(Date.now() - 5000) }), report(scene, person, { occurredAt: new Date(Date.now() - 4000) })]));
    await Promise.all(Array.from({ length: 50 }, () =>
      t.as(scene.tenantId, () => t.get(Ledger).correctToZero(person.identityId, 'one_time_subscription', scene.templateId, { reason: 'drift', evidence: { code: 43101 } }))));
    expect(await permits(scene, person)).toEqual({ one_time_subscription: 0 });
    const credits = await t.as(scene.tenantId, () => t.get(ConsentsService).credits(person.customerId, 100));
    expect(credits.reduce((sum, credit) => sum + credit.change, 0)).toBe(0);
    expect(await balance(scene)).toMatchObject({ offBalance: 0 });
  });

  it('sees a balance that is off', async () => {
    const scene = await aScene(t);
    const [person] = await people(t, scene, ['小王']) as [KnownPerson];
    await t.as(scene.tenantId, () => t.get(Ledger).accept([report(scene, person)]));
    await t.sql('update permits set remaining = 2 where tenant_id = $1', [scene.tenantId]);
    expect(await balance(scene)).toMatchObject({ permits: 1, offBalance: 1 });
  });

  it('keeps merchants apart', async () => {
    const [mine, theirs] = [await aScene(t), await aScene(t)];
    const [person] = await people(t, mine, ['小王']) as [KnownPerson];
    await t.as(mine.tenantId, () => t.get(Ledger).accept([report(mine, person)]));
    expect(await balance(theirs)).toEqual({ permits: 0, offBalance: 0, drift: 0, remaining: 0 });
    await expect(t.as(theirs.tenantId, () => t.get(ConsentsService).credits(person.customerId, 10))).rejects.toMatchObject({ kind: 'not_found' });
  });
});
