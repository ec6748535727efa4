import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Events } from '../../../core/events/events.js';
import { newId } from '../../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import type { ChannelEvent } from '../adapter.js';
import { ChannelLifecycle } from '../channel-lifecycle.service.js';
import { ChannelsService } from '../channels.service.js';
import { ChannelSender } from '../sending/channel-sender.service.js';
import { TemplatesService } from '../templates.service.js';
import { aMerchant, type Merchant, TEMPLATE } from '../testing/merchant.fixture.js';
import { AlertsService } from './alerts.service.js';

let simulator: SimulatorProcess;
let t: TestApp;
let shop: Merchant;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url });
});
afterAll(async () => {
  await t?.stop();
  await simulator?.stop();
});
beforeEach(async () => void (shop = await aMerchant(t, simulator)));

type Penalty = Extract<ChannelEvent, { type: 'account.penalised' }>;
const as = <T>(work: () => Promise<T>) => t.as(shop.tenantId, work);
const alerts = () => as(() => t.get(AlertsService).list());
const channel = () => as(() => t.get(ChannelsService).get(shop.channelId));
const mayStillSend = async () => (await as(() => t.get(ChannelSender).takeRate(shop.channelId, 1))).granted === 1;

/** The platform's push as it stands once it was parsed: from here on everything is ours. */
async function push(change: Partial<Penalty>): Promise<void> {
  const event: Penalty = { type: 'account.penalised', externalId: '', at: new Date().toISOString(), dedupKey: newId(), detail: '违规：诱导分享', blocks: 'sending', ...change };
  const id = newId();
  await t.sql(`insert into inbound (tenant_id, id, channel_id, dedup_key, body, events, processed_at) values ($1, $2, $3, $4, '{}', $5, now())`, [shop.tenantId, id, shop.channelId, event.dedupKey, JSON.stringify([event])]);
  await as(() => t.get(TenantDb).write(() => t.get(Events).emit('channel.received', { channelId: shop.channelId, inboundIds: [id] })));
  await t.runJobs();
}

describe('a penalty', () => {
  it('pauses the account, says so, and lets go once a person settled it', async () => {
    expect(await mayStillSend()).toBe(true);
    await push({});
    expect(await channel()).toMatchObject({ status: 'paused', status_reason: 'account_penalised' });
    expect(await mayStillSend()).toBe(false);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ kind: 'penalty', channelId: shop.channelId, blocks: 'sending', problem: 'account_penalised', detail: '违规：诱导分享', canResolve: true });
    await as(() => t.get(AlertsService).resolve(alert!.id));
    expect(await alerts()).toEqual([]);
    expect((await channel()).status).toBe('live');
    expect(await mayStillSend()).toBe(true);
  });

  it('told twice is one; told again after it was settled it stays settled', async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    await push({ at });
    await push({ at, detail: '违规：第二次通知' });
    const open = await alerts();
    expect(open).toMatchObject([{ detail: '违规：第二次通知' }]);
    await as(() => t.get(AlertsService).resolve(open[0]!.id));
    await push({ at });
    expect(await alerts()).toEqual([]);
    expect((await channel()).status).toBe('live');
  });

  it('ends by itself when the platform named its end', async () => {
    await push({ until: new Date(Date.now() - 1_000).toISOString() });
    expect((await channel()).status).toBe('paused');
    await as(() => t.get(AlertsService).settleOver());
    expect([await alerts(), (await channel()).status]).toEqual([[], 'live']);
  });

  it('of one template stops that template and nothing else', async () => {
    await push({ blocks: 'templates', detail: `模板 ${TEMPLATE.priTmplId} 已被封禁` });
    expect((await as(() => t.get(TemplatesService).list(shop.channelId))).map((one) => one.is_active)).toEqual([false]);
    expect((await channel()).status).toBe('live');
    expect(await alerts()).toMatchObject([{ blocks: 'templates' }]);
  });

  it('that is only a warning stops nothing', async () => {
    await push({ blocks: 'nothing' });
    expect(await alerts()).toMatchObject([{ problem: 'account_warned', blocks: 'nothing' }]);
    expect((await channel()).status).toBe('live');
  });

  it('does not wake an account that a person paused', async () => {
    await as(() => t.get(ChannelLifecycle).pause(shop.channelId));
    await push({});
    await as(async () => t.get(AlertsService).resolve((await alerts())[0]!.id));
    expect((await channel()).status).toBe('paused');
  });

  it('is another merchant’s affair', async () => {
    await push({});
    const [alert] = await alerts();
    const other = await t.tenant();
    await expect(t.as(other, () => t.get(AlertsService).resolve(alert!.id))).rejects.toMatchObject({ kind: 'not_found' });
    expect(await t.as(other, () => t.get(AlertsService).list())).toEqual([]);
  });
});

describe('other troubles', () => {
  it('are told while they last', async () => {
    await t.sql(`update channels set status = 'failing', status_reason = 'app_secret_wrong' where id = $1`, [shop.channelId]);
    expect(await alerts()).toMatchObject([{ kind: 'channel_failing', problem: 'app_secret_wrong', canResolve: false }]);
    await as(() => t.get(ChannelLifecycle).resume(shop.channelId));
    expect(await alerts()).toEqual([]);
  });

  it('include a ceiling that is nearly used up', async () => {
    await t.sql(
      `insert into quota_usage (tenant_id, channel_id, rule, window_start, used, mark_at, mark_used)
       values ($1, $2, 'clear.month', date_trunc('month', now() at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai', 9, now(), 9)`, [shop.tenantId, shop.channelId]);
    expect(await alerts()).toMatchObject([{ kind: 'quota_low', problem: 'clear.month', detail: '9/10', blocks: 'nothing' }]);
  });
});
