import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../../core/log.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import type { PlatformHttp } from '../adapter.js';
import { aMerchant, type Merchant } from '../testing/merchant.fixture.js';
import { QuotaMeter } from './quota-meter.service.js';
import { QuotasRepository } from './quotas.repository.js';
import { QuotasService } from './quotas.service.js';

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

const apiBase = 'http://platform.test';
const answers = (text: string): PlatformHttp & { calls: number } => {
  const http = {
    calls: 0,
    exchange: () => {
      http.calls += 1;
      return Promise.resolve({ status: 200, text });
    },
  };
  return http;
};
const call = (http: PlatformHttp, path: string) => http.exchange({ method: 'POST', url: `${apiBase}${path}?access_token=x`, json: {}, timeoutMs: 1_000 });
const over = (meter: QuotaMeter, http: PlatformHttp) => meter.over(http, { channelId: shop.channelId, platform: 'wechat_mini_program', apiBase });
/** Another process: its own memory, the same database. */
const anotherMeter = () => new QuotaMeter(t.get(QuotasRepository), t.clock, createLog('silent', 'test'));
const used = async (rule: string) => (await t.as(shop.tenantId, () => t.get(QuotasService).of(shop.channelId))).find((one) => one.rule === rule);

describe('the meter', () => {
  it('adds up what several processes call, exactly', async () => {
    const meters = [t.get(QuotaMeter), anotherMeter(), anotherMeter()];
    const http = answers('{"errcode":0}');
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(meters.flatMap((meter) => Array.from({ length: 40 }, () => call(over(meter, http), '/cgi-bin/message/subscribe/send'))));
      await Promise.all(meters.map((meter) => meter.tell()));
    }
    expect(http.calls).toBe(360);
    expect(await used('subscribe_send.day')).toMatchObject({ used: 360, limit: 10_000_000, isTold: false });
  });

  it('holds a call back before the platform has to refuse it, in words that adapters read', async () => {
    const http = answers('{"errcode":0}');
    const mine = over(t.get(QuotaMeter), http);
    for (let n = 0; n < 10; n += 1) await call(mine, n % 2 ? '/cgi-bin/clear_quota' : '/cgi-bin/clear_quota/v2');
    const held = await call(mine, '/cgi-bin/clear_quota');
    expect(JSON.parse(held.text)).toMatchObject({ errcode: 45009, errmsg: expect.stringContaining('clear.month') });
    expect(http.calls).toBe(10);
    await t.get(QuotaMeter).tell();
    // The other process knows it too, from its first call on.
    await call(over(anotherMeter(), http), '/cgi-bin/clear_quota');
    expect(http.calls).toBe(10);
    expect(await used('clear.month')).toMatchObject({ used: 10, limit: 10, runsOutAt: expect.any(Date) });
  });

  it('keeps codes that nobody knows, with the words of the platform and nothing secret', async () => {
    const secret = 'a'.repeat(40);
    const mine = over(t.get(QuotaMeter), answers(`{"errcode":99887766,"errmsg":"strange thing ${secret} rid: 1"}`));
    for (let n = 0; n < 3; n += 1) await call(mine, '/wxa/strange');
    const found = await t.as(shop.tenantId, () => t.get(QuotasService).unmapped(shop.channelId));
    expect(found).toMatchObject([{ code: 99887766, path: '/wxa/strange', words: 'strange thing … rid: 1', times: 3 }]);
  });

  it('counts nothing for credentials that are only tried', async () => {
    const http = answers('{"errcode":0}');
    expect(t.get(QuotaMeter).over(http, { channelId: '', platform: 'wechat_mini_program', apiBase })).toBe(http);
  });
});

describe('the platform’s own count', () => {
  it('is asked for, shown, and set back', async () => {
    await call(over(t.get(QuotaMeter), answers('{"errcode":0}')), '/cgi-bin/message/subscribe/send');
    const refreshed = await t.as(shop.tenantId, () => t.get(QuotasService).refresh(shop.channelId));
    if (isRefusal(refreshed)) throw new Error(JSON.stringify(refreshed));
    expect(refreshed.items.find((one) => one.rule === 'subscribe_send.day')).toMatchObject({ isTold: true, used: 1, toldAt: expect.any(Date) });
    const cleared = await t.as(shop.tenantId, () => t.get(QuotasService).clear(shop.channelId));
    if (isRefusal(cleared)) throw new Error(JSON.stringify(cleared));
    expect(cleared.items.find((one) => one.rule === 'subscribe_send.day')).toMatchObject({ used: 0 });
    expect(cleared.items.find((one) => one.rule === 'clear.month')).toMatchObject({ used: 1 });
  });

  it('is another merchant’s affair', async () => {
    const other = await t.tenant();
    await expect(t.as(other, () => t.get(QuotasService).of(shop.channelId))).rejects.toMatchObject({ kind: 'not_found' });
  });
});
