import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import type { Merchant } from '../testing/merchant.fixture.js';
import { anOpenDoor, someone } from '../testing/official.fixture.js';
import { aCorp } from '../testing/wecom.fixture.js';
import { ContactSync } from './contact-sync.service.js';
import { LiveCodes } from './live-codes.service.js';
import type { LiveCodeFields, LiveCodeRow } from './live-codes.repository.js';
import { CustomerGroupsService } from './customer-groups.service.js';
import { MomentsService } from './moments.service.js';
import { WelcomeDesk } from './welcome-desk.service.js';

let simulator: SimulatorProcess;
let t: TestApp;
let http: NestFastifyApplication;
let origin: string;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url });
  ({ http, origin } = await anOpenDoor(t));
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

const idle = (): Promise<unknown> => simulator.call('GET', '/sim/idle?timeoutMs=20000');
const sync = async (corp: Merchant) => {
  await t.as(corp.tenantId, () => t.get(ContactSync).start(corp.channelId, 'asked'));
  await t.runJobs();
  return t.as(corp.tenantId, () => t.get(ContactSync).latest(corp.channelId));
};
const contacts = (corp: Merchant) => t.sql<{ external_id: string; employee: string; state: string; removed_by: string | null; union_id: string | null; tag_ids: string[] }>(
  'select external_id, employee, state, removed_by, union_id, tag_ids from contacts where channel_id = $1 order by employee, external_id', [corp.channelId]);
const welcomes = (corp: Merchant) => t.sql<{ state: string; took_ms: number; problem: string | null }>('select state, took_ms, problem from welcomes where channel_id = $1', [corp.channelId]);
const add = (corp: Merchant, person: string | undefined, userid: string, more: object = {}): Promise<{ externalUserid: string; welcomeCode?: string }> =>
  simulator.call('POST', `/sim/people/${person}/add-contact`, { corpid: corp.appId, userid, ...more });
const FIELDS: LiveCodeFields = { name: '收银台', employees: ['zhangsan', 'lisi'], skipVerify: true, corpTagIds: [], welcome: { text: '欢迎来到甜甜' }, entryLinkId: null };
async function aCode(corp: Merchant, more: Partial<LiveCodeFields> = {}, kind: 'code' | 'link' = 'code'): Promise<LiveCodeRow> {
  const made = await t.as(corp.tenantId, () => t.get(LiveCodes).create(corp.channelId, kind, { ...FIELDS, ...more }));
  if (isRefusal(made)) throw new Error(JSON.stringify(made));
  return made;
}

describe('the reading of contacts', () => {
  it('goes through all employees, and counts what callbacks had left out', async () => {
    const corp = await aCorp(t, simulator);
    await simulator.call('POST', '/sim/contacts', { corpid: corp.appId, userid: 'zhangsan', count: 130 });
    await simulator.call('POST', '/sim/contacts', { corpid: corp.appId, userid: 'lisi', count: 3 });
    expect(await sync(corp)).toMatchObject({ state: 'done', place: 3, seen: 133, found: 133, changed: 0, lost: 0 });
    expect(await sync(corp)).toMatchObject({ state: 'done', seen: 133, found: 0, changed: 0, lost: 0 });
    expect(await t.as(corp.tenantId, () => t.get(ContactSync).employees(corp.channelId))).toMatchObject([{ userid: 'lisi', contacts: 3 }, { userid: 'wangwu', contacts: 0 }, { userid: 'zhangsan', contacts: 130 }]);
    // An employee deletes one and notes another, and no callback tells.
    const [first, second] = (await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count: 2 })).people;
    for (const person of [first, second]) await add(corp, person?.id, 'wangwu');
    expect(await sync(corp)).toMatchObject({ seen: 135, found: 2 });
    await simulator.call('POST', `/sim/corps/${corp.appId}/employees/wangwu/delete`, { person: first?.id });
    await simulator.call('POST', `/sim/corps/${corp.appId}/employees/wangwu/edit`, { person: second?.id, remark: '熟客' });
    expect(await sync(corp)).toMatchObject({ seen: 134, found: 0, changed: 1, lost: 1 });
  });

  it('is one at a time, waits while the platform is busy, and goes on where it was', async () => {
    const corp = await aCorp(t, simulator);
    await simulator.call('POST', '/sim/contacts', { corpid: corp.appId, userid: 'zhangsan', count: 5 });
    await simulator.call('POST', '/sim/faults', { path: '/cgi-bin/externalcontact/batch/get_by_user', appid: corp.appId, kind: 'quota', times: 1 });
    await t.as(corp.tenantId, () => t.get(ContactSync).start(corp.channelId, 'asked'));
    expect(await t.as(corp.tenantId, () => t.get(ContactSync).start(corp.channelId, 'asked'))).toMatchObject({ code: 'sync_running' });
    await t.runJobs();
    expect(await t.as(corp.tenantId, () => t.get(ContactSync).latest(corp.channelId))).toMatchObject({ state: 'running', problem: 'too_fast', seen: 0 });
    await t.runJobs({ until: new Date(Date.now() + 120_000) });
    expect(await t.as(corp.tenantId, () => t.get(ContactSync).latest(corp.channelId))).toMatchObject({ state: 'done', problem: null, seen: 5 });
  });
});

describe('contacts by callback', () => {
  it('come, are known by name, and go', async () => {
    const corp = await aCorp(t, simulator, { origin });
    const [person] = await someone(simulator);
    const { externalUserid } = await add(corp, person, 'zhangsan');
    await idle();
    await t.runJobs();
    expect(await contacts(corp)).toMatchObject([{ external_id: externalUserid, employee: 'zhangsan', removed_by: null, union_id: expect.stringMatching(/./u) as string }]);
    await simulator.call('POST', `/sim/people/${person}/delete-contact`, { corpid: corp.appId, userid: 'zhangsan' });
    await idle();
    await t.runJobs();
    expect(await contacts(corp)).toMatchObject([{ removed_by: 'contact' }]);
    // For the platform they stay a contact; for us they are gone.
    expect(await sync(corp)).toMatchObject({ state: 'done', found: 0 });
    expect(await contacts(corp)).toMatchObject([{ removed_by: 'contact' }]);
  });
});

describe('live codes', () => {
  it('are made, bring people with a welcome and tags, are changed and deleted', async () => {
    const corp = await aCorp(t, simulator, { origin });
    const { tags } = await simulator.call<{ tags: { id: string }[] }>('POST', `/sim/corps/${corp.appId}/tags`, { group: '来源', tags: ['门店'] });
    const tagId = tags[0]!.id;
    const code = await aCode(corp, { corpTagIds: [tagId] });
    expect(code.url).toMatch(/^http/u);
    const [person] = await someone(simulator);
    await simulator.call('POST', `/sim/people/${person}/scan-contact`, { url: code.url });
    await idle();
    await expect.poll(() => welcomes(corp)).toMatchObject([{ state: 'sent' }]);
    await t.runJobs();
    expect(await contacts(corp)).toMatchObject([{ state: code.state, tag_ids: [tagId] }]);
    expect(await welcomes(corp)).toHaveLength(1);
    expect((await welcomes(corp))[0]!.took_ms).toBeLessThan(20_000);
    expect(await simulator.call('GET', `/sim/corps/${corp.appId}/stats`)).toMatchObject({ received: { welcome: 1 } });
    const changed = await t.as(corp.tenantId, () => t.get(LiveCodes).update(code.id, { ...FIELDS, name: '门口', employees: ['wangwu'] }));
    expect(changed).toMatchObject({ name: '门口', employees: ['wangwu'] });
    expect(await t.as(corp.tenantId, () => t.get(LiveCodes).list(corp.channelId))).toMatchObject([{ id: code.id, contacts: 1 }]);
    expect(await t.as(corp.tenantId, () => t.get(LiveCodes).delete(code.id))).toBeUndefined();
    expect(await t.as(corp.tenantId, () => t.get(LiveCodes).list(corp.channelId))).toEqual([]);
  });

  it('as links carry their state in the address', async () => {
    const corp = await aCorp(t, simulator, { origin, settings: { acquisitionBalance: 10 } });
    const link = await aCode(corp, { welcome: null }, 'link');
    expect(new URL(link.url).searchParams.get('customer_channel')).toBe(link.state);
    const [person] = await someone(simulator);
    await simulator.call('POST', `/sim/people/${person}/scan-contact`, { url: link.url });
    await idle();
    await t.runJobs();
    expect(await contacts(corp)).toMatchObject([{ state: link.state }]);
  });

  it('leave nothing behind when the platform says no, and are kept when it says nothing', async () => {
    const corp = await aCorp(t, simulator);
    expect(await t.as(corp.tenantId, () => t.get(LiveCodes).create(corp.channelId, 'code', { ...FIELDS, employees: ['nobody'] }))).toMatchObject({ code: 'platform_refused' });
    expect(await t.as(corp.tenantId, () => t.get(LiveCodes).list(corp.channelId))).toEqual([]);
    await simulator.call('POST', '/sim/faults', { path: '/cgi-bin/externalcontact/add_contact_way', appid: corp.appId, kind: 'http500', times: 1 });
    expect(await t.as(corp.tenantId, () => t.get(LiveCodes).create(corp.channelId, 'code', FIELDS))).toMatchObject({ code: 'live_code_unknown' });
    expect(await t.as(corp.tenantId, () => t.get(LiveCodes).list(corp.channelId))).toMatchObject([{ name: FIELDS.name, url: '', platformId: null }]);
    await expect(t.as(corp.tenantId, () => t.get(LiveCodes).create(corp.channelId, 'code', { ...FIELDS, welcome: { text: '长'.repeat(1_334) } }))).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('a welcome', () => {
  it('that comes too late is a recorded outcome', async () => {
    const corp = await aCorp(t, simulator);
    await t.as(corp.tenantId, () => t.get(LiveCodes).setWelcome(corp.channelId, { text: '你好' }));
    const event = { type: 'contact.added', externalId: 'wmX', employee: 'zhangsan', state: '', welcomeCode: 'OLD', isHalf: false, at: new Date().toISOString(), dedupKey: 'k' } as const;
    await t.as(corp.tenantId, () => t.get(WelcomeDesk).greet(corp.channelId, [event], new Date(Date.now() - 21_000)));
    expect(await welcomes(corp)).toMatchObject([{ state: 'expired', problem: 'wecom_welcome_over' }]);
  });

  it('waits for another app that greets, for a token that died, and for nobody when the code is over', async () => {
    const corp = await aCorp(t, simulator);
    await t.as(corp.tenantId, () => t.get(LiveCodes).setWelcome(corp.channelId, { text: '你好' }));
    const path = '/cgi-bin/externalcontact/send_welcome_msg';
    for (const fault of [{ kind: 'errcode', errcode: 41096, times: 2 }, { kind: 'token_invalid', times: 1 }, { kind: 'errcode', errcode: 41050, times: 1 }]) {
      await simulator.call('POST', '/sim/faults', { path, appid: corp.appId, ...fault });
      const [person] = await someone(simulator);
      const { externalUserid, welcomeCode = '' } = await add(corp, person, 'zhangsan');
      const event = { type: 'contact.added', externalId: externalUserid, employee: 'zhangsan', state: '', welcomeCode, isHalf: false, at: new Date().toISOString(), dedupKey: 'k' } as const;
      await t.as(corp.tenantId, () => t.get(WelcomeDesk).greet(corp.channelId, [event], new Date()));
    }
    expect(await t.as(corp.tenantId, () => t.get(WelcomeDesk).figures(corp.channelId))).toMatchObject({ sent: 2, expired: 1, failed: 0, unknown: 0 });
  });

  it('is sent once, whoever comes first', async () => {
    const corp = await aCorp(t, simulator);
    await t.as(corp.tenantId, () => t.get(LiveCodes).setWelcome(corp.channelId, { text: '你好', linkUrl: 'https://m.example.com/o', linkTitle: '新人券' }));
    const [person] = await someone(simulator);
    const { externalUserid, welcomeCode = '' } = await add(corp, person, 'zhangsan');
    const event = { type: 'contact.added', externalId: externalUserid, employee: 'zhangsan', state: '', welcomeCode, isHalf: false, at: new Date().toISOString(), dedupKey: 'k' } as const;
    await Promise.all(Array.from({ length: 5 }, () => t.as(corp.tenantId, () => t.get(WelcomeDesk).greet(corp.channelId, [event], new Date()))));
    expect(await welcomes(corp)).toMatchObject([{ state: 'sent' }]);
    expect(await t.as(corp.tenantId, () => t.get(WelcomeDesk).figures(corp.channelId))).toMatchObject({ sent: 1, expired: 0 });
  });
});

describe('groups and moments', () => {
  it('are read from the platform', async () => {
    const corp = await aCorp(t, simulator, { origin });
    await simulator.call('POST', `/sim/corps/${corp.appId}/groups`, { owner: 'zhangsan', name: '烘焙爱好者', people: await someone(simulator, 2) });
    await idle();
    await t.runJobs();
    const groups = await t.as(corp.tenantId, () => t.get(CustomerGroupsService).list(corp.channelId));
    expect(groups).toMatchObject([{ name: '烘焙爱好者', owner: 'zhangsan', members: 3, contacts: 2 }]);
    const code = await t.as(corp.tenantId, () => t.get(CustomerGroupsService).joinCode(corp.channelId, '入群', [groups[0]!.id]));
    expect(code).toMatchObject({ url: expect.stringMatching(/^http/u) as string });
  });

  it('a moment waits for employees and counts them', async () => {
    const corp = await aCorp(t, simulator);
    const moment = await t.as(corp.tenantId, () => t.get(MomentsService).create(corp.channelId, { text: '新品上架', employees: ['zhangsan', 'lisi'], tagIds: [] }));
    expect(moment).toMatchObject({ state: 'making' });
    const poll = () => t.as(corp.tenantId, () => t.get(MomentsService).poll());
    await poll();
    const [waiting] = await t.as(corp.tenantId, () => t.get(MomentsService).list(corp.channelId));
    expect(waiting).toMatchObject({ state: 'waiting' });
    await simulator.call('POST', `/sim/corps/${corp.appId}/employees/zhangsan/publish`, { momentId: waiting!.momentId });
    await poll();
    expect(await t.as(corp.tenantId, () => t.get(MomentsService).list(corp.channelId))).toMatchObject([{ state: 'waiting', asked: 2, published: 1 }]);
  });
});
