import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, startTestApp, TEST_SECRET_KEY, type SimulatorProcess, type TestApp } from '../../core/testing/index.js';
import { isRefusal } from '../../core/graphql/refusal.js';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelChecks } from './channel-checks.service.js';
import { ChannelLifecycle } from './channel-lifecycle.service.js';
import { ChannelLogin } from './channel-login.service.js';
import { isSealedByOldKey, openCredentials, sealCredentials } from './channel.secrets.js';
import { ChannelsJobs } from './channels.jobs.js';
import { ChannelsService, type ConnectInput } from './channels.service.js';
import { TemplatesService } from './templates.service.js';
import { aMerchant, SECRET, somePeople, TEMPLATE, type Merchant } from './testing/merchant.fixture.js';

let simulator: SimulatorProcess;
let t: TestApp;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url });
});
afterAll(async () => {
  await t?.stop();
  await simulator?.stop();
});

const form = (merchant: Merchant, change: Partial<ConnectInput> = {}): ConnectInput => ({
  platform: 'wechat_mini_program', name: '甜甜烘焙', appId: merchant.appId, appSecret: SECRET, callbackMode: 'secure', callbackFormat: 'json', ...change,
});
const connect = (tenantId: string, input: ConnectInput) => t.as(tenantId, () => t.get(ChannelsService).connect(input));
const get = (merchant: Merchant) => t.as(merchant.tenantId, () => t.get(ChannelsService).get(merchant.channelId));
const audited = async (merchant: Merchant): Promise<string[]> =>
  (await t.sql<{ action: string }>('select action from audit_entries where tenant_id = $1 order by at, id', [merchant.tenantId])).map((row) => row.action);

describe('connecting a mini program', () => {
  it('checks it, takes its templates over and is live; the callback waits', async () => {
    const merchant = await aMerchant(t, simulator);
    expect(await get(merchant)).toMatchObject({ status: 'live', status_reason: null, checks: { credentials: { state: 'ok' }, templates: { state: 'ok' } } });
    const templates = await t.as(merchant.tenantId, () => t.get(TemplatesService).list(merchant.channelId));
    expect(templates).toMatchObject([{ external_id: TEMPLATE.priTmplId, kind: 'one_time', fields: [{ key: 'thing1', type: 'thing', label: '券名称' }, { key: 'time2', type: 'time', label: '到期时间' }] }]);
    expect(t.get(ChannelChecks).callback(await get(merchant))).toEqual({ state: 'waiting', reason: 'callback_never_seen' });
  });

  it('refuses a wrong AppSecret and a wrong AppID by name, and stores nothing', async () => {
    const merchant = await aMerchant(t, simulator);
    const tenantId = await t.tenant();
    expect(await connect(tenantId, form(merchant, { appSecret: 'wrong-secret' }))).toMatchObject({ code: 'platform_refused', details: { problem: 'app_secret_wrong', platformCode: 40125 } });
    expect(await connect(tenantId, form(merchant, { appId: 'wxdoesnotexist' }))).toMatchObject({ code: 'platform_refused', details: { problem: 'app_id_wrong' } });
    expect(await t.sql('select 1 from channels where tenant_id = $1', [tenantId])).toHaveLength(0);
  });

  it('names the field that is wrong', async () => {
    const merchant = await aMerchant(t, simulator);
    await expect(connect(merchant.tenantId, form(merchant, { aesKey: 'short' }))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'aesKey', problem: 'bad_format' } });
    await expect(connect(merchant.tenantId, form(merchant, { platform: 'carrier_pigeon' }))).rejects.toMatchObject({ kind: 'invalid', details: { field: 'platform' } });
  });

  it('connects one account once, also when asked 10 times at once, and another tenant may connect the same', async () => {
    const merchant = await aMerchant(t, simulator);
    const tenantId = await t.tenant();
    const results = await Promise.all(Array.from({ length: 10 }, () => connect(tenantId, form(merchant))));
    expect(results.filter((result) => !isRefusal(result))).toHaveLength(1);
    for (const result of results.filter(isRefusal)) expect(result.code).toBe('channel_already_connected');
  });

  it('makes token and key when none are given, and shows them on demand, which is recorded', async () => {
    const merchant = await aMerchant(t, simulator);
    const tenantId = await t.tenant();
    const connected = await connect(tenantId, form(merchant));
    if (isRefusal(connected)) throw new Error('refused');
    const secrets = await t.as(tenantId, () => t.get(ChannelsService).revealCallbackSecrets(connected.id));
    expect(secrets).toEqual({ token: expect.stringMatching(/^[A-Za-z0-9]{32}$/u), aesKey: expect.stringMatching(/^[A-Za-z0-9]{43}$/u) });
    expect(await audited({ ...merchant, tenantId })).toEqual(['channel.connect', 'channel.reveal_secrets']);
  });
});

describe('a connected mini program', () => {
  it('takes a new AppSecret only if it works', async () => {
    const merchant = await aMerchant(t, simulator);
    const update = (appSecret: string) => t.as(merchant.tenantId, () => t.get(ChannelsService).update(merchant.channelId, { appSecret }));
    expect(await update('not-the-new-one')).toMatchObject({ code: 'platform_refused' });
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { secret: 'a-new-secret-1' });
    expect(await update('a-new-secret-1')).toMatchObject({ status: 'live' });
    const row = await get(merchant);
    expect(t.get(ChannelAccess).credentialsOf(row)).toEqual({ appSecret: 'a-new-secret-1', callbackToken: merchant.token, encodingAesKey: merchant.aesKey });
  });

  it('fails its check when the secret was reset at the platform, and is live again when it works', async () => {
    const merchant = await aMerchant(t, simulator);
    const check = () => t.as(merchant.tenantId, () => t.get(ChannelChecks).run(merchant.channelId));
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { secret: 'reset-elsewhere' });
    expect(await check()).toMatchObject({ credentials: { state: 'failed', errorCode: 40125, reason: 'app_secret_wrong' }, templates: { state: 'waiting' } });
    expect(await get(merchant)).toMatchObject({ status: 'failing', status_reason: 'app_secret_wrong' });
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { secret: SECRET });
    await check();
    expect(await get(merchant)).toMatchObject({ status: 'live', status_reason: null });
  });

  it('keeps a template that vanished at the platform, as inactive, and renews one that changed', async () => {
    const merchant = await aMerchant(t, simulator);
    const [before] = await t.as(merchant.tenantId, () => t.get(TemplatesService).list(merchant.channelId));
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { templates: [{ priTmplId: 'TPL_NEW', title: '积分到账', content: '积分:{{number1.DATA}}\n', type: 2 }] });
    expect(await t.as(merchant.tenantId, () => t.get(ChannelChecks).syncTemplates(merchant.channelId))).toBeUndefined();
    const after = await t.as(merchant.tenantId, () => t.get(TemplatesService).list(merchant.channelId));
    expect(after.map((row) => [row.external_id, row.is_active])).toEqual([['TPL_NEW', true], [TEMPLATE.priTmplId, false]]);
    expect(after[1]?.id).toBe(before?.id);
  });

  it('is paused, resumed, ended and connected again, each on record', async () => {
    const merchant = await aMerchant(t, simulator);
    const lifecycle = t.get(ChannelLifecycle);
    const step = async (work: () => Promise<void>): Promise<string> => {
      await t.as(merchant.tenantId, work);
      return (await get(merchant)).status;
    };
    expect(await step(() => lifecycle.pause(merchant.channelId))).toBe('paused');
    await t.as(merchant.tenantId, () => t.get(ChannelChecks).run(merchant.channelId));
    expect((await get(merchant)).status).toBe('paused'); // a check does not overrule a person
    expect(await step(() => lifecycle.resume(merchant.channelId))).toBe('live');
    expect(await step(() => lifecycle.disconnect(merchant.channelId))).toBe('disconnected');
    expect((await get(merchant)).credentials).toBeNull();
    await expect(step(() => lifecycle.resume(merchant.channelId))).rejects.toMatchObject({ kind: 'conflict' });
    expect(await connect(merchant.tenantId, form(merchant))).toMatchObject({ id: merchant.channelId, status: 'live' });
    expect(await audited(merchant)).toEqual(['channel.connect', 'channel.pause', 'channel.resume', 'channel.disconnect', 'channel.connect']);
  });

  it('is nothing to another tenant', async () => {
    const merchant = await aMerchant(t, simulator);
    const stranger = await t.tenant();
    const tries = [
      () => t.get(ChannelsService).get(merchant.channelId),
      () => t.get(ChannelsService).update(merchant.channelId, { name: '抢来的' }),
      () => t.get(ChannelsService).revealCallbackSecrets(merchant.channelId),
      () => t.get(ChannelLifecycle).pause(merchant.channelId),
      () => t.get(ChannelChecks).run(merchant.channelId),
      () => t.get(ChannelChecks).syncTemplates(merchant.channelId),
    ];
    for (const attempt of tries) await expect(t.as(stranger, async () => attempt())).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('login by code', () => {
  it('gives the same person once per code, and names what is wrong', async () => {
    const merchant = await aMerchant(t, simulator);
    const [person] = await somePeople(simulator, merchant.appId, 1);
    const { code } = await simulator.call<{ code: string }>('POST', `/sim/people/${person?.id}/login`, { appid: merchant.appId });
    const exchange = (appId: string, given: string) => t.as(merchant.tenantId, () => t.get(ChannelLogin).exchange(appId, given));
    expect(await exchange(merchant.appId, code)).toMatchObject({ outcome: 'signed_in', channelId: merchant.channelId, externalId: person?.openid });
    expect(await exchange(merchant.appId, code)).toEqual({ outcome: 'code_refused', problem: 'code_used' });
    expect(await exchange(merchant.appId, 'rubbish')).toEqual({ outcome: 'code_refused', problem: 'code_invalid' });
    expect(await exchange('wxnotours', code)).toEqual({ outcome: 'unknown_app' });
  });

  it('makes the built-in web channel once for 20 first visitors', async () => {
    const tenantId = await t.tenant();
    const ids = await Promise.all(Array.from({ length: 20 }, () => t.as(tenantId, () => t.get(ChannelLogin).builtIn('h5'))));
    expect(new Set(ids).size).toBe(1);
    expect(await t.as(tenantId, () => t.get(ChannelsService).list())).toEqual([]);
  });
});

describe('a change of the master key', () => {
  it('leaves every channel usable, and the hourly job moves secrets to the new key', async () => {
    const merchant = await aMerchant(t, simulator);
    const newKey = randomBytes(32);
    const old = Buffer.from(TEST_SECRET_KEY, 'base64');
    const place = { tenantId: merchant.tenantId, channelId: merchant.channelId };
    const rotated = { secretKeys: t.config.secretKeys };
    t.config.secretKeys = [newKey, old];
    try {
      await t.as(merchant.tenantId, () => t.get(ChannelsJobs).reseal());
      const { credentials } = await get(merchant);
      expect(credentials && isSealedByOldKey([newKey], credentials)).toBe(false);
      expect(openCredentials([newKey], place, credentials)?.appSecret).toBe(SECRET);
      await t.sql('update channels set credentials = $2 where id = $1', [merchant.channelId, sealCredentials([old], place, { appSecret: SECRET, callbackToken: merchant.token, encodingAesKey: merchant.aesKey })]);
      expect(await t.as(merchant.tenantId, () => t.get(ChannelChecks).run(merchant.channelId))).toMatchObject({ credentials: { state: 'ok' } });
    } finally {
      t.config.secretKeys = rotated.secretKeys;
    }
  });
});
