import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { AppModule } from '../../../app.module.js';
import { createLog } from '../../../core/log.js';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { runAs } from '../../../core/context.js';
import type { PlatformResult } from '../adapter.js';
import { ChannelAccess } from '../channel-access.service.js';
import { aMerchant, SECRET, type Merchant } from '../testing/merchant.fixture.js';
import { ChannelTokens, type HeldToken } from './channel-tokens.service.js';

let simulator: SimulatorProcess;
let t: TestApp;
/** A second process's worth of the server: the same database, nothing else in common. */
let other: INestApplicationContext;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url });
  other = await NestFactory.createApplicationContext(AppModule.with(t.config, createLog('silent', 'other')), { logger: false, abortOnError: false });
});
afterAll(async () => {
  await other?.close();
  await t?.stop();
  await simulator?.stop();
});

const issued = async (merchant: Merchant): Promise<number> =>
  (await simulator.call<{ tokens: { issued: number } }>('GET', `/sim/stats?appid=${merchant.appId}&people=0`)).tokens.issued;
const calls = async (merchant: Merchant): Promise<number> =>
  (await simulator.call<{ calls: Record<string, number> }>('GET', `/sim/stats?appid=${merchant.appId}&people=0`)).calls['/cgi-bin/stable_token'] ?? 0;

type Work = (tokens: ChannelTokens, access: ChannelAccess) => Promise<PlatformResult<HeldToken>>;
const inApp = (app: INestApplicationContext, merchant: Merchant, work: Work): Promise<PlatformResult<HeldToken>> =>
  runAs({ tenantId: merchant.tenantId, actor: { kind: 'system' }, requestId: 'test' }, () =>
    work(app.get(ChannelTokens, { strict: false }), app.get(ChannelAccess, { strict: false })));

const take = (app: INestApplicationContext, merchant: Merchant): Promise<PlatformResult<HeldToken>> =>
  inApp(app, merchant, async (tokens, access) => tokens.take(await access.forUse(merchant.channelId)));
const replace = (app: INestApplicationContext, merchant: Merchant, refused: HeldToken): Promise<PlatformResult<HeldToken>> =>
  inApp(app, merchant, async (tokens, access) => tokens.replace(await access.forUse(merchant.channelId), refused));

/** As if the platform's token had just run out everywhere. */
async function expire(merchant: Merchant): Promise<void> {
  await t.sql('update channel_tokens set expires_at = now(), refreshing_until = null, refreshing_by = null where channel_id = $1', [merchant.channelId]);
  for (const app of [t.app, other]) app.get(ChannelTokens, { strict: false }).forgetHeld();
}

const fifty = <T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 50 }, (_, at) => work(at % 2 === 0 ? t.app : other)));
const valueOf = (result: PlatformResult<HeldToken>): HeldToken => {
  if (!result.ok) throw new Error(`no token: ${JSON.stringify(result)}`);
  return result.value;
};

describe('one token for all processes', () => {
  it('is asked for once by 50 callers in two processes', async () => {
    const merchant = await aMerchant(t, simulator);
    await expire(merchant);
    const before = await calls(merchant);
    const results = (await fifty((app) => take(app, merchant))).map(valueOf);
    expect(new Set(results.map((one) => one.token)).size).toBe(1);
    expect((await calls(merchant)) - before).toBe(1);
  });

  it('is replaced once when 50 callers are refused with the same one', async () => {
    const merchant = await aMerchant(t, simulator);
    const refused = valueOf(await take(t.app, merchant));
    await take(other, merchant);
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { secret: `${SECRET}x` }); // kills its tokens
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { secret: SECRET });
    const before = { calls: await calls(merchant), issued: await issued(merchant) };
    const fresh = (await fifty((app) => replace(app, merchant, refused))).map(valueOf);
    expect(new Set(fresh.map((one) => one.token)).size).toBe(1);
    expect(fresh[0]?.token).not.toBe(refused.token);
    expect((await calls(merchant)) - before.calls).toBe(1);
    expect((await issued(merchant)) - before.issued).toBe(1);
  });

  it('is forced when the platform keeps repeating the one it refuses', async () => {
    const merchant = await aMerchant(t, simulator);
    const refused = valueOf(await take(t.app, merchant)); // still good at the platform, which therefore repeats it
    expect(valueOf(await replace(t.app, merchant, refused)).token).not.toBe(refused.token);
  });

  it('is taken over from a process that died while fetching', async () => {
    const merchant = await aMerchant(t, simulator);
    await expire(merchant);
    await t.sql(`update channel_tokens set refreshing_by = gen_random_uuid(), refreshing_until = now() + interval '600 milliseconds' where channel_id = $1`, [merchant.channelId]);
    const startedAt = Date.now();
    valueOf(await take(t.app, merchant));
    expect(Date.now() - startedAt).toBeGreaterThan(400);
  });

  it('that cannot be had is refused to all who wait, after one question', async () => {
    const merchant = await aMerchant(t, simulator);
    await expire(merchant);
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { secret: 'another-secret' });
    await simulator.call('POST', '/sim/faults', { path: '/cgi-bin/stable_token', appid: merchant.appId, kind: 'slow', delayMs: 300 });
    const before = await calls(merchant);
    const results = await fifty((app) => take(app, merchant));
    await simulator.call('DELETE', '/sim/faults');
    for (const result of results) expect(result).toMatchObject({ ok: false, problem: 'app_secret_wrong', code: 40125 });
    expect((await calls(merchant)) - before).toBe(1);
  });

  it('lies encrypted in the database', async () => {
    const merchant = await aMerchant(t, simulator);
    const { token } = valueOf(await take(t.app, merchant));
    const [row] = await t.sql<{ token: Buffer; credentials: Buffer }>('select t.token, c.credentials from channel_tokens t join channels c on c.id = t.channel_id where c.id = $1', [merchant.channelId]);
    expect(row?.token.includes(token)).toBe(false);
    expect(row?.credentials.includes(SECRET)).toBe(false);
    expect(row?.credentials.includes(merchant.aesKey)).toBe(false);
  });
});
