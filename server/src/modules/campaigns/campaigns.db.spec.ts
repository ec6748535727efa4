import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../core/testing/index.js';
import { ConsentsService } from '../consents/index.js';
import type { CampaignInput } from './campaign-input.js';
import { CampaignsModule } from './campaigns.module.js';
import type { CampaignRow } from './campaigns.repository.js';
import { CampaignsService } from './campaigns.service.js';
import { LaunchService } from './launch.service.js';
import { PlanningService } from './planning.service.js';
import { ReportService } from './report.service.js';
import { SwitchesService } from './switches.service.js';
import { aCampaign, aShop, type Shop } from './testing/shop.fixture.js';

let t: TestApp;
let simulator: SimulatorProcess;
// Noon in Shanghai; the quiet hours below hold it.
const NOON = new Date(`${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T04:00:00Z`);
const QUIET = { quietFrom: '11:00', quietUntil: '13:00' };

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url }, [CampaignsModule]);
});
afterAll(async () => {
  t.clock.set(undefined);
  await t.stop();
  await simulator.stop();
});

const inShop = <T>(shop: Shop, work: () => Promise<T>): Promise<T> => t.as(shop.tenantId, work);
const save = async (shop: Shop, change: Partial<CampaignInput> = {}): Promise<CampaignRow> => {
  const saved = await inShop(shop, () => t.get(CampaignsService).save(undefined, aCampaign(shop, change)));
  if (isRefusal(saved)) throw new Error(`not saved: ${saved.code}`);
  return saved;
};
const launch = (shop: Shop, id: string) => inShop(shop, () => t.get(LaunchService).launch(id));
const pause = (shop: Shop, id: string) => inShop(shop, () => t.get(SwitchesService).pause(id));
const resume = (shop: Shop, id: string) => inShop(shop, () => t.get(SwitchesService).resume(id));
const cancel = (shop: Shop, id: string) => inShop(shop, () => t.get(SwitchesService).cancel(id));
const get = (shop: Shop, id: string) => inShop(shop, () => t.get(CampaignsService).get(id));
const progress = async (shop: Shop, id: string) => (await inShop(shop, async () => t.get(ReportService).progress([await get(shop, id)])))[0]!;
const received = async (shop: Shop) => (await simulator.call<{ received: { subscribe: number } }>('GET', `/sim/stats?appid=${shop.appId}`)).received.subscribe;
const balance = (shop: Shop) => inShop(shop, () => t.get(ConsentsService).balance());
const audit = (shop: Shop) => t.sql<{ action: string }>('select action from audit_entries where tenant_id = $1 and action like $2 order by id', [shop.tenantId, 'campaign.%']);

describe('a campaign from draft to report', () => {
  it('reaches whom the forecast said, once each, and completes', async () => {
    const shop = await aShop(t, simulator, { people: 12, permitted: 8 });
    const { id } = await save(shop);
    const forecast = await inShop(shop, () => t.get(CampaignsService).forecast(id));
    expect(forecast).toMatchObject({
      audience: 12, reachable: [{ index: 0, kind: 'subscription', channelId: shop.channelId, count: 8 }], unreachable: [{ state: 'skipped', reason: 'no_permit', count: 4 }],
      permitsBefore: 8, permitsAfter: 0, exhausted: 8,
    });
    expect(forecast.warnings.map((warning) => warning.rule)).toEqual(['no_holdout', 'no_cap', 'no_quiet_hours', 'no_offer', 'spends_last_permits']);
    expect(await launch(shop, id)).toMatchObject({ state: 'planning', audience: 12 });
    await t.runJobs();
    expect(await get(shop, id)).toMatchObject({ state: 'completed', finishedAt: expect.any(Date) });
    expect(await progress(shop, id)).toMatchObject({ audience: 12, sent: 8, skipped: 4, planned: 0, chunks: 1, chunksDone: 1 });
    expect(await received(shop)).toBe(8);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 0, drift: 0 });
    for (const switched of [await pause(shop, id), await resume(shop, id), await cancel(shop, id), await launch(shop, id)]) expect(isRefusal(switched)).toBe(true);
    expect(await cancel(shop, id)).toMatchObject({ code: 'campaign_completed' });
    expect(await pause(shop, id)).toMatchObject({ code: 'campaign_not_running' });
  });

  it('is launched once by fifty clicks at once', async () => {
    const shop = await aShop(t, simulator, { people: 3, permitted: 3 });
    const { id } = await save(shop);
    const results = await Promise.all(Array.from({ length: 50 }, () => launch(shop, id)));
    const refused = results.filter(isRefusal);
    expect(refused).toHaveLength(49);
    expect(new Set(refused.map((one) => one.code))).toEqual(new Set(['campaign_already_launched']));
    await t.runJobs();
    expect(await received(shop)).toBe(3);
    expect(await audit(shop)).toEqual([{ action: 'campaign.launch' }]);
  });

  it('pauses before planning, resumes, and sends nothing twice', async () => {
    const shop = await aShop(t, simulator, { people: 5, permitted: 5 });
    const { id } = await save(shop);
    await launch(shop, id);
    expect(await pause(shop, id)).toMatchObject({ state: 'paused', pausedFrom: 'planning' });
    expect(await pause(shop, id)).toMatchObject({ code: 'campaign_already_paused' });
    await t.runJobs();
    expect(await progress(shop, id)).toMatchObject({ planned: 0, sent: 0, chunksDone: 0 });
    expect(await resume(shop, id)).toMatchObject({ state: 'planning', pausedFrom: null });
    expect(await resume(shop, id)).toMatchObject({ code: 'campaign_not_paused' });
    await t.runJobs();
    expect(await get(shop, id)).toMatchObject({ state: 'completed' });
    expect(await received(shop)).toBe(5);
    expect((await audit(shop)).map((entry) => entry.action)).toEqual(['campaign.launch', 'campaign.pause', 'campaign.resume']);
  });

  it('waits for the end of the quiet hours; cancelled meanwhile, it returns every permit', async () => {
    const shop = await aShop(t, simulator, { people: 6, permitted: 4 });
    t.clock.set(NOON);
    const { id } = await save(shop, QUIET);
    await launch(shop, id);
    await t.runJobs();
    expect(await get(shop, id)).toMatchObject({ state: 'sending' });
    expect(await progress(shop, id)).toMatchObject({ planned: 4, skipped: 2, sent: 0 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 0 });
    await pause(shop, id);
    expect(await cancel(shop, id)).toMatchObject({ state: 'cancelled' });
    expect(await cancel(shop, id)).toMatchObject({ code: 'campaign_already_cancelled' });
    expect(await progress(shop, id)).toMatchObject({ planned: 0, cancelled: 4 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 4 });
    t.clock.set(undefined);
    await t.runJobs({ until: new Date(NOON.getTime() + 86_400_000) });
    expect(await received(shop)).toBe(0);
  });

  it('plans a chunk once, however often its job runs, and a cancel in between leaves nothing reserved', async () => {
    const shop = await aShop(t, simulator, { people: 8, permitted: 6 });
    t.clock.set(NOON);
    const plan = (id: string) => inShop(shop, () => t.get(PlanningService).planChunk(id, 0));
    const first = (await save(shop, QUIET)).id;
    await launch(shop, first);
    await Promise.all(Array.from({ length: 10 }, () => plan(first)));
    expect(await progress(shop, first)).toMatchObject({ planned: 6, skipped: 2, chunksDone: 1 });
    await cancel(shop, first);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 6 });
    for (let round = 0; round < 5; round += 1) {
      const { id } = await save(shop, QUIET);
      await launch(shop, id);
      const [, cancelled] = await Promise.all([plan(id), cancel(shop, id), plan(id)]);
      expect(cancelled).toMatchObject({ state: 'cancelled' });
      expect(await progress(shop, id)).toMatchObject({ planned: 0, leased: 0, sending: 0, sent: 0 });
      expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 6 });
    }
    await t.runJobs();
    t.clock.set(undefined);
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 6 });
  });

  it('stops when the platform refuses its content, says why, and goes on when told to', async () => {
    const shop = await aShop(t, simulator, { people: 2, permitted: 2 });
    t.clock.set(NOON);
    const { id } = await save(shop, QUIET);
    await launch(shop, id);
    await t.runJobs();
    await inShop(shop, () => t.get(SwitchesService).stop(id, { contentIndex: 0, problem: 'template_field', field: 'thing1', platformCode: 47003 }));
    expect(await get(shop, id)).toMatchObject({ state: 'stopped', stateReason: 'template_field thing1 47003', pausedFrom: 'sending' });
    await inShop(shop, () => t.get(SwitchesService).stop(id, { platformCode: 1 }));
    expect(await get(shop, id)).toMatchObject({ stateReason: 'template_field thing1 47003' });
    expect(await resume(shop, id)).toMatchObject({ state: 'sending', stateReason: null });
    t.clock.set(undefined);
  });

  it('is stopped by a platform that refuses message after message', async () => {
    const shop = await aShop(t, simulator, { people: 30, permitted: 30 });
    const fault = { id: newId(), path: '/cgi-bin/message/subscribe/send', appid: shop.appId, kind: 'errcode', errcode: 47003 };
    await simulator.call('POST', '/sim/faults', fault);
    const { id } = await save(shop);
    await launch(shop, id);
    await t.runJobs({ allowFailures: true });
    expect(await get(shop, id)).toMatchObject({ state: 'stopped', stateReason: expect.stringContaining('47003') });
    expect(await received(shop)).toBe(0);
    expect(await balance(shop)).toMatchObject({ offBalance: 0 });
    await simulator.call('DELETE', '/sim/faults', {});
    expect(await cancel(shop, id)).toMatchObject({ state: 'cancelled' });
    expect(await progress(shop, id)).toMatchObject({ planned: 0, leased: 0, sending: 0, sent: 0 });
    expect(await balance(shop)).toMatchObject({ offBalance: 0, remaining: 30 });
    expect((await audit(shop)).map((entry) => entry.action)).toEqual(['campaign.launch', 'campaign.stop', 'campaign.cancel']);
  });

  it('with nobody to reach is over at once, and with nobody at all is not launched', async () => {
    const shop = await aShop(t, simulator, { people: 2, permitted: 0 });
    const { id } = await save(shop);
    await launch(shop, id);
    await t.runJobs();
    expect(await get(shop, id)).toMatchObject({ state: 'completed' });
    const nobody = await aShop(t, simulator, { people: 1, permitted: 1 }, { version: 1, root: { type: 'last_visit', op: 'within', days: 1 } });
    expect(await launch(nobody, (await save(nobody)).id)).toMatchObject({ code: 'audience_empty' });
  });
});

describe('the desk of campaigns', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await aShop(t, simulator, { people: 2, permitted: 1 });
  });

  it('changes, copies and drops drafts only', async () => {
    const draft = await save(shop, { name: '第一稿' });
    const changed = await inShop(shop, () => t.get(CampaignsService).save(draft.id, aCampaign(shop, { name: '第二稿', ...QUIET, capMessages: 1, capDays: 7 })));
    expect(changed).toMatchObject({ id: draft.id, name: '第二稿', quietFrom: '11:00', quietUntil: '13:00', capMessages: 1, capDays: 7 });
    const copy = await inShop(shop, () => t.get(CampaignsService).duplicate(draft.id));
    expect(copy).toMatchObject({ name: '第二稿 副本', state: 'draft', quietFrom: '11:00' });
    expect(await inShop(shop, () => t.get(CampaignsService).deleteDraft(copy.id))).toMatchObject({ ok: true });
    await expect(get(shop, copy.id)).rejects.toMatchObject({ kind: 'not_found' });
    await launch(shop, draft.id);
    expect(await inShop(shop, () => t.get(CampaignsService).save(draft.id, aCampaign(shop)))).toMatchObject({ code: 'campaign_not_draft' });
    expect(await inShop(shop, () => t.get(CampaignsService).deleteDraft(draft.id))).toMatchObject({ code: 'campaign_not_draft' });
  });

  it('names the field that is wrong', async () => {
    const content = aCampaign(shop).contents[0]!;
    const long = '这个名称实在是太长太长了超过二十个字就不行';
    for (const [change, field] of [
      [{ contents: [{ ...content, fields: { thing1: long, time2: '18:00' } }] }, 'contents[0].fields.thing1'],
      [{ contents: [{ ...content, fields: { thing1: 'x' } }] }, 'contents[0].fields.time2'],
      [{ contents: [{ kind: 'window', channelId: shop.channelId, text: '你好 {{customer.moon}}' }] }, 'contents[0].text'],
    ] as [Partial<CampaignInput>, string][]) await expect(save(shop, change)).rejects.toMatchObject({ kind: 'invalid', details: { field } });
  });

  it('names the field that points at nothing, or at another merchant’s', async () => {
    const content = aCampaign(shop).contents[0]!;
    for (const [change, field] of [
      [{ segmentId: newId() }, 'segmentId'], [{ segmentId: 'x' }, 'segmentId'], [{ offerId: newId() }, 'offerId'],
      [{ contents: [{ ...content, channelId: newId() }] }, 'contents[0].channelId'],
      [{ contents: [{ ...content, templateId: newId() }] }, 'contents[0].templateId'],
    ] as [Partial<CampaignInput>, string][]) await expect(save(shop, change)).rejects.toMatchObject({ kind: 'not_found', details: { field } });
  });

  it('shows another merchant nothing', async () => {
    const { id } = await save(shop);
    const other = await aShop(t, simulator, { people: 1, permitted: 1 });
    await expect(get(other, id)).rejects.toMatchObject({ kind: 'not_found' });
    for (const move of [launch, pause, resume, cancel]) await expect(move(other, id)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(save(other, { segmentId: shop.segmentId })).rejects.toMatchObject({ details: { field: 'segmentId' } });
    await expect(save(other, { contents: aCampaign(shop).contents })).rejects.toMatchObject({ details: { field: 'contents[0].channelId' } });
  });
});
