import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../core/testing/index.js';
import type { EntryWay } from '../channels/index.js';
import { aMerchant, type Merchant } from '../channels/testing/merchant.fixture.js';
import { anOpenDoor, aServiceAccount, someone } from '../channels/testing/official.fixture.js';
import { AttributionService } from './attribution.service.js';
import { EntryAddresses } from './entry-addresses.service.js';
import type { EntryAddressRow } from './entry-addresses.repository.js';
import { sceneOfLink } from './entry-link.js';
import { ScannedCodes } from './scanned-codes.service.js';
import { VisitIntake } from './visit-intake.service.js';

let simulator: SimulatorProcess;
let t: TestApp;
let http: NestFastifyApplication;
let origin: string;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url });
  ({ http, origin } = await anOpenDoor(t));
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

const idle = () => simulator.call('GET', '/sim/idle?timeoutMs=20000');
const as = <T>(merchant: Merchant, work: () => Promise<T>) => t.as(merchant.tenantId, work);
const aLink = (merchant: Merchant) => as(merchant, () => t.get(AttributionService).createLink({ name: '收银台立牌', source: 'shop_qr' }));
const counts = async (merchant: Merchant, linkId: string) => (await as(merchant, () => t.get(AttributionService).touchCounts([linkId])))[0];
async function make(merchant: Merchant, entryLinkId: string, way: EntryWay): Promise<EntryAddressRow> {
  const made = await as(merchant, () => t.get(EntryAddresses).make({ entryLinkId, channelId: merchant.channelId, way }));
  if (isRefusal(made)) throw new Error(JSON.stringify(made));
  return made;
}

describe('a link\'s code at a service account', () => {
  it('is a touch when somebody follows by it, and another when the follower scans it again', async () => {
    const merchant = await aServiceAccount(t, simulator, { origin });
    const link = await aLink(merchant);
    const { address, expiresAt } = await make(merchant, link.id, 'scene_code');
    expect(expiresAt!.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    const [person] = await someone(simulator);
    expect(await simulator.call('POST', `/sim/people/${person!}/scan`, { code: address })).toMatchObject({ event: 'subscribe' });
    await idle();
    await t.runJobs();
    expect(await counts(merchant, link.id)).toMatchObject({ touches: 1, customers: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // a second scan of the same second is the same event to the platform
    expect(await simulator.call('POST', `/sim/people/${person!}/scan`, { code: address })).toMatchObject({ event: 'SCAN' });
    await idle();
    await t.runJobs();
    expect(await counts(merchant, link.id)).toMatchObject({ touches: 2, customers: 1 });
    const [customer] = await t.sql('select first_source, last_visit_at from customers where tenant_id = $1', [merchant.tenantId]);
    expect(customer).toMatchObject({ first_source: 'shop_qr', last_visit_at: expect.any(Date) });
  });

  it('counts a callback that is told twice once, and no word of somebody else\'s', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const link = await aLink(merchant);
    const scan = { type: 'scene.scanned' as const, externalId: 'oFan1', at: new Date().toISOString(), dedupKey: 'SCAN|oFan1|1' };
    const tell = (scene: string) => as(merchant, () => t.get(ScannedCodes).record(merchant.channelId, [{ ...scan, scene }]));
    await Promise.all([tell(sceneOfLink(link.code)), tell(sceneOfLink(link.code))]);
    await tell('e=abcdefgh');
    await tell('store-0007');
    expect(await counts(merchant, link.id)).toMatchObject({ touches: 1, customers: 1 });
  });

  it('that lives for ever is made once', async () => {
    const merchant = await aServiceAccount(t, simulator);
    const link = await aLink(merchant);
    const first = await make(merchant, link.id, 'permanent_scene_code');
    expect(first.expiresAt).toBeNull();
    expect(await make(merchant, link.id, 'permanent_scene_code')).toEqual(first);
  });
});

describe('a link\'s ways into the mini program', () => {
  it.each([['url_scheme', /^weixin:\/\//u], ['url_link', /^https:\/\//u], ['short_link', /^#小程序/u]] as const)('%s', async (way, shape) => {
    const merchant = await aMerchant(t, simulator);
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { pages: ['pages/offer/index'] });
    const { address } = await make(merchant, (await aLink(merchant)).id, way);
    expect(address).toMatch(shape);
  });

  it('a code to print, which carries the link', async () => {
    const merchant = await aMerchant(t, simulator);
    await simulator.call('PATCH', `/sim/apps/${merchant.appId}`, { pages: ['pages/offer/index'] });
    const link = await aLink(merchant);
    const { picture } = await make(merchant, link.id, 'mini_program_code');
    expect(picture?.subarray(1, 4).toString()).toBe('PNG');
    expect(JSON.stringify(await simulator.call('GET', `/sim/apps/${merchant.appId}/codes`))).toContain(encodeURIComponent(sceneOfLink(link.code))); // as the client gets it
  });

  it('is told which account has none', async () => {
    const [program, service] = [await aMerchant(t, simulator), await aServiceAccount(t, simulator)];
    await expect(make(program, (await aLink(program)).id, 'scene_code')).rejects.toMatchObject({ kind: 'invalid', details: { field: 'channelId' } });
    await expect(make(service, (await aLink(service)).id, 'url_link')).rejects.toMatchObject({ kind: 'invalid', details: { field: 'channelId' } });
    await expect(make(service, (await aLink(program)).id, 'scene_code')).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('a launch of the mini program', () => {
  it('says its source by the scene, unless a machine opened it', async () => {
    const merchant = await aMerchant(t, simulator);
    const [{ slug }] = (await t.sql<{ slug: string }>('select slug from tenants where id = $1', [merchant.tenantId])) as [{ slug: string }];
    const visit = (launchScene: number) => as(merchant, () => t.get(VisitIntake).record({ tenantSlug: slug, visitorId: `visitor-${newId()}`, launchScene }));
    for (const scene of [1177, 1129, 4711]) await visit(scene);
    expect(await t.sql('select source, launch_scene from touches where tenant_id = $1 order by launch_scene', [merchant.tenantId])).toEqual([
      { source: 'channels_video', launch_scene: 1177 }, { source: 'scene_4711', launch_scene: 4711 },
    ]);
    await expect(visit(7)).rejects.toMatchObject({ kind: 'invalid', details: { field: 'launchScene' } });
  });
});
