import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.js';
import { startTestApp, type TestApp } from '../../core/testing/index.js';
import { AnalyticsModule } from './analytics.module.js';
import { HomeService } from './home.service.js';

let t: TestApp;
let tenant: string;
let other: string;
const channel = newId();

beforeAll(async () => {
  t = await startTestApp({}, [AnalyticsModule]);
  tenant = await t.tenant();
  other = await t.tenant();
});
afterAll(() => t.stop());

const put = (table: string, row: Record<string, unknown>): Promise<unknown> => {
  const columns = ['tenant_id', ...Object.keys(row)];
  return t.sql(`insert into ${table} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`, [tenant, ...Object.values(row)]);
};
const done = async (of = tenant): Promise<string[]> => {
  const steps = await t.as(of, () => t.get(HomeService).setupGuide());
  return steps.filter((step) => step.isDone).map((step) => step.key);
};

describe('the setup guide', () => {
  it('starts with seven steps and none done', async () => {
    expect((await t.as(tenant, () => t.get(HomeService).setupGuide())).map((step) => step.key)).toEqual([
      'connect_channel', 'sync_templates', 'create_coupon', 'publish_offer', 'share_link', 'first_permit', 'first_campaign',
    ]);
    expect(await done()).toEqual([]);
  });
  it('does not count the built-in page or an account that is still connecting', async () => {
    await put('channels', { id: newId(), platform: 'h5', name: '网页', app_id: 'h5', status: 'live' });
    await put('channels', { id: channel, platform: 'wechat_mini_program', name: '店', app_id: 'wx', status: 'connecting' });
    expect(await done()).toEqual([]);
  });
  it('ticks a step when its fact is true, for this merchant alone', async () => {
    await t.sql(`update channels set status = 'live' where id = $1`, [channel]);
    await put('coupon_templates', { id: newId(), name: '券', kind: 'amount', value_fen: 100, stock: 9, remaining: 9, validity: 'relative', valid_days: 7 });
    expect(await done()).toEqual(['connect_channel', 'create_coupon']);
    expect(await done(other)).toEqual([]);
  });
});
