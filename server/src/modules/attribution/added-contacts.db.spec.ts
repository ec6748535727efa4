import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRefusal } from '../../core/graphql/refusal.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../core/testing/index.js';
import { aCorp } from '../channels/testing/wecom.fixture.js';
import { LiveCodes, type ChannelEvent } from '../channels/index.js';
import { AddedContacts } from './added-contacts.service.js';
import { AttributionService } from './attribution.service.js';

let simulator: SimulatorProcess;
let t: TestApp;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url });
});
afterAll(async () => {
  await t?.stop();
  await simulator?.stop();
});

it('a contact who came by a live code is a touch of its source, once', async () => {
  const corp = await aCorp(t, simulator);
  const link = await t.as(corp.tenantId, () => t.get(AttributionService).createLink({ name: '收银台', source: 'shop_qr' }));
  const made = await Promise.all([link.id, null].map((entryLinkId) => t.as(corp.tenantId, () =>
    t.get(LiveCodes).create(corp.channelId, 'code', { name: '活码', employees: ['zhangsan'], skipVerify: true, corpTagIds: [], welcome: null, entryLinkId }))));
  const [named, plain] = made.map((code) => (isRefusal(code) ? '' : code.state));
  const added = (externalId: string, state: string, isHalf = false): ChannelEvent =>
    ({ type: 'contact.added', externalId, employee: 'zhangsan', state, welcomeCode: '', isHalf, at: '2026-11-24T08:00:00.000Z', dedupKey: `${externalId}${state}${isHalf}` });
  const events = [added('wm1', named ?? '', true), added('wm1', named ?? ''), added('wm2', plain ?? ''), added('wm3', 'made_elsewhere'), added('wm4', '')];
  for (let run = 0; run < 2; run += 1) await t.as(corp.tenantId, () => t.get(AddedContacts).record(corp.channelId, events));
  const touches = await t.sql('select visitor_id, source, entry_link_id, customer_id is not null as known from touches where tenant_id = $1 order by visitor_id', [corp.tenantId]);
  expect(touches).toEqual([
    { visitor_id: 'contact:wm1', source: 'shop_qr', entry_link_id: link.id, known: true },
    { visitor_id: 'contact:wm2', source: 'wecom_code', entry_link_id: null, known: true },
  ]);
});
