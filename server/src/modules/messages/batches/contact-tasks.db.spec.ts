import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ConsentsService } from '../../consents/index.js';
import { Dispatcher } from '../dispatcher.service.js';
import { Dispatches } from '../dispatches.service.js';
import { MessagesModule } from '../messages.module.js';
import type { DispatchSpec, Rung } from '../plan.js';
import { Planner } from '../planner.service.js';
import { aCorp, type Corp } from '../testing/account.fixture.js';
import { BatchLooks } from './batch-looks.service.js';

let t: TestApp;
let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url }, [MessagesModule]);
});
afterAll(async () => {
  await t.stop();
  await simulator.stop();
});
afterEach(() => t.clock.set(undefined));

const CREATE = '/cgi-bin/externalcontact/add_msg_template';
const within = <T>(corp: Corp, work: () => Promise<T>): Promise<T> => t.as(corp.tenantId, work);
const run = (corp: Corp) => within(corp, () => t.get(Dispatcher).run(corp.channelId));
const balance = (corp: Corp) => within(corp, () => t.get(ConsentsService).balance());
const progress = (corp: Corp, spec: DispatchSpec) => within(corp, async () => (await t.get(Dispatches).progress([spec.dispatchId])).get(spec.dispatchId)!);
const report = (corp: Corp, spec: DispatchSpec) => within(corp, () => t.get(Dispatches).report(spec.dispatchId));
const state = (corp: Corp, spec: DispatchSpec) => within(corp, () => t.get(Dispatches).state(spec.dispatchId));
const batches = (corp: Corp) => t.sql<{ id: string; state: string; reason: string | null; platform_id: string | null; reminders: number }>('select * from message_batches where tenant_id = $1 order by created_at, id', [corp.tenantId]);
const look = async (corp: Corp): Promise<void> => {
  for (const { id } of await batches(corp)) await within(corp, () => t.get(BatchLooks).look(id));
};
const inHours = async (hours: number, work: () => Promise<unknown>): Promise<void> => {
  t.clock.set(new Date(Date.now() + hours * 3_600_000));
  await work();
};
const confirm = async (corp: Corp, userid: string, leaveOut: string[] = []) =>
  simulator.call<{ sent: number }>('POST', `/sim/corps/${corp.corpId}/employees/${userid}/confirm`, { msgid: (await batches(corp))[0]!.platform_id, leaveOut });
const stats = (corp: Corp) => simulator.call<{ received: { mass: number }; mostMass: number }>('GET', `/sim/corps/${corp.corpId}/stats`);

const taskOf = (corp: Corp): Rung => ({ kind: 'contact_task', channelId: corp.channelId, text: '{{shop.name}}上新了', deadlineHours: 24 });
async function ready(corp: Corp, contents: Rung[] = [taskOf(corp)]): Promise<DispatchSpec> {
  const spec: DispatchSpec = { dispatchId: newId(), purpose: 'recall', contents, holdoutPercent: 0 };
  await within(corp, async () => {
    await t.get(Dispatches).open(spec);
    await t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] } });
    await t.get(Dispatches).start(spec.dispatchId);
    await t.get(Dispatches).seal(spec.dispatchId);
  });
  await run(corp);
  return spec;
}

describe('a group send', () => {
  it('awaits its employees, settles each person as they confirm, and is done', async () => {
    const corp = await aCorp(t, simulator, ['anna', 'ben'], 6);
    const spec = await ready(corp);
    expect(await batches(corp)).toMatchObject([{ state: 'awaiting' }]);
    await look(corp);
    expect(await progress(corp, spec)).toMatchObject({ awaiting: 6, sent: 0 });
    expect(await confirm(corp, 'anna')).toMatchObject({ sent: 3 });
    await look(corp);
    expect(await progress(corp, spec)).toMatchObject({ awaiting: 3, sent: 3 });
    expect(await state(corp, spec)).toBe('sending');
    await confirm(corp, 'ben');
    await look(corp);
    expect(await progress(corp, spec)).toMatchObject({ awaiting: 0, sent: 6 });
    expect(await state(corp, spec)).toBe('done');
    expect(await report(corp, spec)).toMatchObject({ byRung: [{ kind: 'contact_task', sent: 6 }], batches: [{ state: 'finished', size: 6, sent: 6, waiting: 0, failed: 0 }] });
    expect(await balance(corp)).toMatchObject({ permits: 6, offBalance: 0, remaining: 0 });
    expect(await stats(corp)).toMatchObject({ received: { mass: 6 }, mostMass: 1 });
  });

  it('is refused for who is no friend or had enough from others; the ledger is corrected', async () => {
    const corp = await aCorp(t, simulator, ['anna'], 3);
    const [gone, full] = corp.contacts;
    // Somebody else's task took the day's only message.
    const token = ((await (await fetch(`${simulator.url}/cgi-bin/gettoken?corpid=${corp.corpId}&corpsecret=appsecret0123456789`)).json()) as { access_token: string }).access_token;
    const other = (await (await fetch(`${simulator.url}${CREATE}?access_token=${token}`, { method: 'POST', body: JSON.stringify({ chat_type: 'single', external_userid: [full!.openid], sender: 'anna', text: { content: '别的' } }) })).json()) as { msgid: string };
    await simulator.call('POST', `/sim/corps/${corp.corpId}/employees/anna/confirm`, { msgid: other.msgid });
    const spec = await ready(corp);
    await simulator.call('POST', `/sim/people/${gone!.simId}/delete-contact`, { corpid: corp.corpId, userid: 'anna' });
    await confirm(corp, 'anna');
    await look(corp);
    expect(await progress(corp, spec)).toMatchObject({ awaiting: 0, sent: 1, refused: 2 });
    expect((await report(corp, spec)).reasons.map(({ reason }) => reason).toSorted()).toEqual(['allowance_used_up', 'not_friend']);
    expect(await report(corp, spec)).toMatchObject({ drift: 1, batches: [{ sent: 1, failed: 2 }] });
    expect(await balance(corp)).toMatchObject({ offBalance: 0, drift: 1 });
    expect(await state(corp, spec)).toBe('done');
  });

  it('is reminded of, and past its deadline cancelled at the platform: nobody can be sent to twice', async () => {
    const corp = await aCorp(t, simulator, ['anna', 'ben'], 4);
    const second = await aCorpOf(corp);
    const spec = await ready(corp, [taskOf(corp), { ...taskOf(corp), channelId: second.channelId } as Rung]);
    await confirm(corp, 'anna');
    await inHours(5, () => look(corp));
    expect(await batches(corp)).toMatchObject([{ reminders: 1 }]);
    await inHours(25, () => look(corp));
    expect(await batches(corp)).toMatchObject([{ state: 'finished', reason: 'unconfirmed' }]);
    expect(await progress(corp, spec)).toMatchObject({ sent: 2, refused: 0, planned: 2 }); // the second account has its turn
    await expect(confirm(corp, 'ben')).rejects.toThrow();
    expect((await stats(corp)).received.mass).toBe(2);
    const rows = await t.sql<{ considered: { index: number; verdict: string; reason?: string }[] }>(`select considered from messages where tenant_id = $1 and state = 'planned'`, [corp.tenantId]);
    expect(rows[0]!.considered).toMatchObject([{ index: 0, verdict: 'refused', reason: 'unconfirmed' }, { index: 1, verdict: 'chosen' }]);
    expect(await balance(corp)).toMatchObject({ offBalance: 0 });
  });

  it('ends at the platform when the campaign is cancelled, and gives the permits back', async () => {
    const corp = await aCorp(t, simulator, ['anna', 'ben'], 4);
    const spec = await ready(corp);
    await confirm(corp, 'anna');
    await within(corp, () => t.get(Dispatches).cancel(spec.dispatchId));
    await look(corp);
    expect(await progress(corp, spec)).toMatchObject({ sent: 2, cancelled: 2, awaiting: 0 });
    await expect(confirm(corp, 'ben')).rejects.toThrow();
    expect(await balance(corp)).toMatchObject({ offBalance: 0, remaining: 2 });
  });

  it('whose answer was lost is unknown and never asked for twice', async () => {
    const corp = await aCorp(t, simulator, ['anna'], 2);
    await simulator.call('POST', '/sim/faults', { kind: 'hang_after', path: CREATE, appid: corp.corpId, times: 1 });
    const spec = await ready(corp);
    await run(corp);
    await look(corp);
    expect(await progress(corp, spec)).toMatchObject({ unknown: 2, planned: 0, awaiting: 0 });
    expect(await batches(corp)).toMatchObject([{ state: 'unknown', reason: 'no_answer' }]);
    const { sends } = await simulator.call<{ sends: unknown[] }>('GET', `/sim/corps/${corp.corpId}/employees/anna/tasks`);
    expect(sends).toHaveLength(1);
    expect(await balance(corp)).toMatchObject({ offBalance: 0, remaining: 0 });
  }, 60_000);
});

/** Another account of the same merchant, where the same people are known too. */
async function aCorpOf(corp: Corp): Promise<{ channelId: string }> {
  const channelId = newId();
  await t.sql(`insert into channels (tenant_id, id, platform, name, app_id, status) values ($1, $2::uuid, 'wecom', '二店', 'ww' || $2::text, 'live')`, [corp.tenantId, channelId]);
  await t.sql(
    `insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id) select $1, gen_random_uuid(), customer_id, $2, 'external_userid', external_id from identities where channel_id = $3`,
    [corp.tenantId, channelId, corp.channelId]);
  return { channelId };
}
