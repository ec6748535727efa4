import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ConsentsService } from '../../consents/index.js';
import { inbound } from '../../consents/testing/scene.fixture.js';
import { Dispatcher } from '../dispatcher.service.js';
import { Dispatches } from '../dispatches.service.js';
import { MessagesModule } from '../messages.module.js';
import type { DispatchSpec, Rung } from '../plan.js';
import { Planner } from '../planner.service.js';
import { ReceiptsService } from '../receipts.service.js';
import { anAccount, type Account } from '../testing/account.fixture.js';
import { BatchLooks } from './batch-looks.service.js';

let t: TestApp;
let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, PUBLIC_URL: 'https://shop.example' }, [MessagesModule]);
});
afterAll(async () => {
  await t.stop();
  await simulator.stop();
});

const SEND = '/cgi-bin/message/mass/send';
const within = <T>(account: Account, work: () => Promise<T>): Promise<T> => t.as(account.tenantId, work);
const run = (account: Account) => within(account, () => t.get(Dispatcher).run(account.channelId));
const look = (account: Account, id: string) => within(account, () => t.get(BatchLooks).look(id));
const balance = (account: Account) => within(account, () => t.get(ConsentsService).balance());
const progress = (account: Account, spec: DispatchSpec) => within(account, async () => (await t.get(Dispatches).progress([spec.dispatchId])).get(spec.dispatchId)!);
const report = (account: Account, spec: DispatchSpec) => within(account, () => t.get(Dispatches).report(spec.dispatchId));
const state = (account: Account, spec: DispatchSpec) => within(account, () => t.get(Dispatches).state(spec.dispatchId));
const posts = async (account: Account) => (await simulator.call<{ posts: { msgId: string; title: string; status: string; sent: number; filtered: number; total: number }[] }>('GET', `/sim/apps/${account.appId}/posts`)).posts;
const batches = (account: Account) => t.sql<{ id: string; state: string; platform_id: string | null }>('select id, state, platform_id from message_batches where tenant_id = $1 order by created_at', [account.tenantId]);
const ended = async (account: Account): Promise<void> => expect.poll(async () => (await posts(account)).every(({ status }) => status !== 'SENDING')).toBe(true);

async function ready(account: Account, contents: Rung[], more: Partial<DispatchSpec> = {}): Promise<DispatchSpec> {
  const spec: DispatchSpec = { dispatchId: newId(), purpose: 'recall', contents, holdoutPercent: 0, ...more };
  await within(account, async () => {
    await t.get(Dispatches).open(spec);
    await t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] } });
    await t.get(Dispatches).start(spec.dispatchId);
    await t.get(Dispatches).seal(spec.dispatchId);
  });
  return spec;
}
const postOf = (account: Account): Rung => ({ kind: 'post', channelId: account.channelId, text: '{{shop.name}}上新了' });
const finished = (account: Account, platformId: string, more: Record<string, unknown> = {}) => within(account, async () => t.get(ReceiptsService).receive(account.channelId, await inbound(t, { ...account, templateId: '', templateExternalId: '' }, [
  [{ type: 'post.finished', externalId: '', at: new Date().toISOString(), dedupKey: newId(), platformId, status: 'send success', total: 5, filtered: 1, sent: 4, failed: 0, ...more }]])));

describe('a mass post', () => {
  it('is one call for all, awaits the platform’s word, and keeps its sums', async () => {
    const account = await anAccount(t, simulator, 5);
    await simulator.call('POST', `/sim/people/${account.fans[0]!.simId}/unfollow`, { appid: account.appId });
    const spec = await ready(account, [postOf(account)], { offerId: newId() });
    await run(account);
    await run(account); // again: nothing is due
    const [post] = await posts(account);
    expect(await posts(account)).toHaveLength(1);
    expect(post!.title).toMatch(/上新了\nhttps:\/\/shop\.example\/p\/.+\/o\//u);
    expect(await progress(account, spec)).toMatchObject({ awaiting: 5, sent: 0 });
    expect(await state(account, spec)).toBe('sending');
    const [batch] = await batches(account);
    for (let copy = 0; copy < 3; copy++) await finished(account, batch!.platform_id!);
    expect(await progress(account, spec)).toMatchObject({ awaiting: 0, sent: 5 });
    expect(await state(account, spec)).toBe('done');
    expect(await report(account, spec)).toMatchObject({ permitsSpent: 5, byRung: [{ kind: 'post', sent: 5 }], batches: [{ kind: 'post', state: 'finished', size: 5, sent: 4, filtered: 1, failed: 0, waiting: 0 }] });
    expect(await balance(account)).toMatchObject({ permits: 5, offBalance: 0, remaining: 15 });
  });

  it('whose answer was lost is asked for again under the same id, and is one post', async () => {
    const account = await anAccount(t, simulator, 3);
    await simulator.call('POST', '/sim/faults', { kind: 'hang_after', path: SEND, appid: account.appId, times: 1 });
    const spec = await ready(account, [postOf(account)]);
    await run(account);
    const [batch] = await batches(account);
    expect(batch).toMatchObject({ state: 'sending', platform_id: null });
    await look(account, batch!.id);
    expect((await batches(account))[0]).toMatchObject({ state: 'awaiting', platform_id: expect.stringMatching(/^\d+$/u) as string });
    expect(await posts(account)).toHaveLength(1);
    await ended(account);
    await look(account, batch!.id); // its event never came
    expect(await progress(account, spec)).toMatchObject({ sent: 3 });
    expect(await balance(account)).toMatchObject({ offBalance: 0, remaining: 9 });
  }, 60_000);

  it('that the platform rejects reaches nobody: permits go back, and the next rung is tried', async () => {
    const account = await anAccount(t, simulator, 3);
    await simulator.call('PATCH', `/sim/apps/${account.appId}`, { massStatus: 'err(20001)' });
    const fields = { thing1: '满50减10', time2: '2026年12月1日 18:00' };
    const spec = await ready(account, [postOf(account), { kind: 'template', channelId: account.channelId, templateId: account.noticeId, fields }]);
    await run(account);
    const [batch] = await batches(account);
    await finished(account, batch!.platform_id!, { status: 'err(20001)', sent: 0, failed: 4 });
    await run(account);
    expect(await progress(account, spec)).toMatchObject({ sent: 3, refused: 0 });
    const [message] = await t.sql<{ kind: string; considered: { index: number; verdict: string; reason?: string }[] }>('select kind, considered from messages where tenant_id = $1 limit 1', [account.tenantId]);
    expect(message).toMatchObject({ kind: 'template_message', considered: [{ index: 0, verdict: 'refused', reason: 'post_rejected' }, { index: 1, verdict: 'chosen' }] });
    expect(await report(account, spec)).toMatchObject({ byRung: [{ sent: 0, refused: 3 }, { sent: 3 }], batches: [{ state: 'failed', reason: 'err(20001)' }] });
    expect(await balance(account)).toMatchObject({ offBalance: 0, remaining: 12 });
  });

  it('leaves out who opted out meanwhile, and is not made for one person', async () => {
    const account = await anAccount(t, simulator, 2);
    const spec = await ready(account, [postOf(account)]);
    await t.sql('update customers set opted_out_at = now() where id = $1', [account.fans[0]!.customerId]);
    await run(account);
    expect(await progress(account, spec)).toMatchObject({ skipped: 1, refused: 1 });
    expect(await posts(account)).toEqual([]);
    expect(await state(account, spec)).toBe('done');
    expect(await balance(account)).toMatchObject({ offBalance: 0, remaining: 8 });
  });

  it('waits while the account is paused', async () => {
    const account = await anAccount(t, simulator, 2);
    const spec = await ready(account, [postOf(account)]);
    await t.sql(`update channels set status = 'paused' where id = $1`, [account.channelId]);
    await run(account);
    expect(await progress(account, spec)).toMatchObject({ planned: 2 });
    await t.sql(`update channels set status = 'live' where id = $1`, [account.channelId]);
    await run(account);
    expect(await progress(account, spec)).toMatchObject({ awaiting: 2 });
  });

  it('waits for the whole audience', async () => {
    const account = await anAccount(t, simulator, 4);
    const spec: DispatchSpec = { dispatchId: newId(), purpose: 'recall', contents: [postOf(account)], holdoutPercent: 0 };
    const [, second] = account.fans.map(({ customerId }) => customerId).toSorted();
    await within(account, async () => {
      await t.get(Dispatches).open(spec);
      await t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] }, toId: second });
      await t.get(Dispatches).start(spec.dispatchId);
    });
    await run(account);
    expect(await posts(account)).toEqual([]);
    await within(account, async () => {
      await t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] }, fromId: second });
      await t.get(Dispatches).seal(spec.dispatchId);
    });
    await run(account);
    expect(await batches(account)).toHaveLength(1);
    expect(await progress(account, spec)).toMatchObject({ awaiting: 4 });
  });
});

describe('a template message', () => {
  it('whose answer was lost is unknown until the platform reports on that person', async () => {
    const account = await anAccount(t, simulator, 2);
    await simulator.call('POST', '/sim/faults', { kind: 'hang_after', path: '/cgi-bin/message/template/send', appid: account.appId, times: 1 });
    const fields = { thing1: '满50减10', time2: '2026年12月1日 18:00' };
    const spec = await ready(account, [{ kind: 'template', channelId: account.channelId, templateId: account.noticeId, fields }]);
    await run(account);
    expect(await progress(account, spec)).toMatchObject({ sent: 1, unknown: 1 });
    const rows = await t.sql<{ state: string; platform_id: string | null; openid: string }>('select m.state, m.platform_id, i.external_id as openid from messages m join identities i on i.id = m.identity_id where m.tenant_id = $1', [account.tenantId]);
    const told = rows.map(({ openid, platform_id: id, state }) => [{
      type: 'template.sent', externalId: openid, at: new Date().toISOString(), dedupKey: newId(), platformId: id ?? '900', status: state === 'sent' ? 'blocked' : 'delivered', detail: '',
    }]);
    await within(account, async () => t.get(ReceiptsService).receive(account.channelId, await inbound(t, { ...account, templateId: '', templateExternalId: '' }, told)));
    expect(await progress(account, spec)).toMatchObject({ sent: 2, unknown: 0 });
    expect(await t.sql('select receipt, platform_id is not null as named, reason from messages where tenant_id = $1 order by receipt', [account.tenantId])).toEqual([
      { receipt: 'delivered', named: true, reason: null }, { receipt: 'failed', named: true, reason: null },
    ]);
    expect(await balance(account)).toMatchObject({ offBalance: 0 });
  }, 60_000);
});
