// WeChat Customer Service from the push to the reply, against the simulator.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { ChannelsService, KfAccounts } from '../../channels/index.js';
import { KfReader } from '../../channels/kf/kf-reader.service.js';
import { ConsentsService } from '../../consents/index.js';
import { MessagesModule } from '../messages.module.js';
import { ConversationsService } from './conversations.service.js';
import { RepliesService } from './replies.service.js';

let t: TestApp;
let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url }, [MessagesModule]);
});
afterAll(async () => {
  await t.stop();
  await simulator.stop();
});

interface Desk {
  tenantId: string;
  channelId: string;
  corpid: string;
  openKfid: string;
}

const SECRET = 'kfsecret0123456789';

/** A merchant whose customer service stands at the simulator, with one account. */
async function aDesk(): Promise<Desk> {
  const corpid = `ww${newId().replaceAll('-', '').slice(-16)}`;
  const account = { token: 'TokenOfKf', aesKey: 'k'.repeat(43) };
  await simulator.call('POST', '/sim/corps', { corpid, name: '甜甜烘焙', secret: SECRET, employees: [{ userid: 'lily', name: '小李' }], callbackUrl: '', ...account });
  const { openKfid } = await simulator.call<{ openKfid: string }>('POST', `/sim/corps/${corpid}/kf`, { name: '门店客服' });
  const tenantId = await t.tenant();
  const connected = await t.as(tenantId, () => t.get(ChannelsService).connect({
    platform: 'wechat_kf', name: '微信客服', appId: corpid, appSecret: SECRET, callbackToken: account.token, aesKey: account.aesKey, callbackMode: 'secure', callbackFormat: 'xml',
  }));
  if (isRefusal(connected)) throw new Error(`not connected: ${JSON.stringify(connected)}`);
  await t.runJobs(); // takes the accounts over
  return { tenantId, channelId: connected.id, corpid, openKfid };
}

const within = <T>(desk: Desk, work: () => Promise<T>): Promise<T> => t.as(desk.tenantId, work);
const aPerson = async (): Promise<string> => (await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count: 1 })).people[0]!.id;
const says = (desk: Desk, person: string, text: string) => simulator.call('POST', `/sim/people/${person}/kf/say`, { corpid: desk.corpid, openKfid: desk.openKfid, text });
const chat = async (desk: Desk, person: string) => (await simulator.call<{ lines: { from: string; text: string }[] }>('GET', `/sim/people/${person}/kf/chat?corpid=${desk.corpid}&openKfid=${desk.openKfid}`)).lines;
/** A push arrives, and everything that follows from it happens. */
async function push(desk: Desk): Promise<void> {
  await within(desk, () => t.get(TenantDb).write(() => t.get(KfReader).want(desk.channelId, desk.openKfid, '')));
  await t.runJobs();
}
const list = (desk: Desk) => within(desk, async () => (await t.get(ConversationsService).list({})).items);
const thread = (desk: Desk, id: string) => within(desk, async () => (await t.get(ConversationsService).thread(await t.get(ConversationsService).get(id), 50, null)).items);
const reply = (desk: Desk, id: string, text: string) => within(desk, () => t.get(RepliesService).send({ id, text, clientKey: newId() }));

describe('WeChat Customer Service', () => {
  it('takes its accounts over when it is connected, and makes links to them', async () => {
    const desk = await aDesk();
    const [account] = await within(desk, () => t.get(KfAccounts).list(desk.channelId));
    expect(account).toMatchObject({ externalId: desk.openKfid, name: '门店客服', isManaged: true });
    expect(await within(desk, () => t.get(KfAccounts).link(account!.id, 'store_12'))).toContain('store_12');
    await expect(within(desk, () => t.get(KfAccounts).link(account!.id, 'no spaces'))).rejects.toMatchObject({ kind: 'invalid' });
    const other = await aDesk();
    await expect(within(other, () => t.get(KfAccounts).link(account!.id, ''))).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('reads what was said once, opens the window, and answers in it as that account', async () => {
    const desk = await aDesk();
    const anna = await aPerson();
    await says(desk, anna, '还有蛋糕吗');
    await push(desk);
    await push(desk);
    const [row] = await list(desk);
    expect(row).toMatchObject({ unread: 1, lastText: '还有蛋糕吗', accountName: '门店客服', platform: 'wechat_kf', window: { state: 'open', sendsLeft: 5 } });
    expect(isRefusal(await reply(desk, row!.id, '有的，今天现烤'))).toBe(false);
    expect((await chat(desk, anna)).filter((line) => line.from !== 'me').map((line) => line.text)).toEqual(['有的，今天现烤']);
    for (let i = 0; i < 4; i += 1) await reply(desk, row!.id, `第${i}句`);
    expect(await reply(desk, row!.id, '多了')).toMatchObject({ code: 'window_used_up' });
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // the platform tells whole seconds, and a window begins anew only with a later one
    await says(desk, anna, '好的');
    await push(desk);
    expect((await list(desk))[0]).toMatchObject({ window: { state: 'open', sendsLeft: 5 } });
    expect(await within(desk, () => t.get(ConsentsService).balance())).toMatchObject({ offBalance: 0, drift: 0 });
  });

  it('loses nothing and doubles nothing when fifty readers run at once', async () => {
    const desk = await aDesk();
    const people = await Promise.all(Array.from({ length: 4 }, aPerson));
    for (let round = 0; round < 25; round += 1) for (const person of people) await says(desk, person, `第${round}句`);
      await within(desk, () => t.get(TenantDb).write(() => t.get(KfReader).want(desk.channelId, desk.openKfid, '')));
    await Promise.all(Array.from({ length: 50 }, () => within(desk, () => t.get(KfReader).read(desk.channelId, desk.openKfid))));
    await t.runJobs();
    expect((await list(desk)).map((row) => row.unread)).toEqual([25, 25, 25, 25]);
    const [state] = await t.sql<{ open: boolean; leased: Date | null }>('select wanted > done as open, leased_until as leased from kf_accounts where channel_id = $1', [desk.channelId]);
    expect(state).toEqual({ open: false, leased: null });
  });

  it('goes on from its place after the platform was busy, and after a reader died', async () => {
    const desk = await aDesk();
    const anna = await aPerson();
    await says(desk, anna, '在吗');
    await simulator.call('POST', '/sim/faults', { path: '/cgi-bin/kf/sync_msg', appid: desk.corpid, kind: 'errcode', errcode: -1, times: 1 });
    await push(desk);
    expect(await list(desk)).toEqual([]);
    const waits = async () => (await t.sql<{ failure: { code: number } | null; waits: boolean }>('select failure, wanted > done as waits from kf_accounts where channel_id = $1', [desk.channelId]))[0];
    expect(await waits()).toMatchObject({ waits: true, failure: { code: -1 } });
    // A reader that holds the account and is dead: nobody reads until its time is over.
    const lease = (seconds: number) => t.sql('update kf_accounts set leased_until = clock_timestamp() + make_interval(secs => $2) where channel_id = $1', [desk.channelId, seconds]);
    await lease(60);
    await within(desk, () => t.get(KfReader).read(desk.channelId, desk.openKfid));
    expect(await waits()).toMatchObject({ waits: true });
    await lease(-1);
    await within(desk, () => t.get(KfReader).catchUp());
    await t.runJobs();
    expect(await list(desk)).toHaveLength(1);
    expect(await waits()).toEqual({ waits: false, failure: null });
  });

  it('greets once who enters by a link, and says when a reply did not arrive', async () => {
    const desk = await aDesk();
    const anna = await aPerson();
    const [account] = await within(desk, () => t.get(KfAccounts).list(desk.channelId));
    await within(desk, () => t.get(KfAccounts).setWelcome(account!.id, '您好，欢迎光临'));
    await simulator.call('POST', `/sim/people/${anna}/kf/enter`, { corpid: desk.corpid, openKfid: desk.openKfid, scene: 'store' });
    await push(desk);
    await push(desk);
    const [row] = await list(desk);
    expect((await thread(desk, row!.id)).map((line) => [line.kind, line.text, line.state])).toEqual([['welcome', '您好，欢迎光临', 'sent'], ['entered', '', null]]);
    expect((await chat(desk, anna)).filter((line) => line.text === '您好，欢迎光临')).toHaveLength(1);
    await says(desk, anna, '在吗');
    await push(desk);
    await simulator.call('POST', `/sim/people/${anna}/kf/refuse`, { corpid: desk.corpid, openKfid: desk.openKfid, refuse: true });
    expect(isRefusal(await reply(desk, row!.id, '在的'))).toBe(false);
    await push(desk);
    expect((await thread(desk, row!.id))[0]).toMatchObject({ text: '在的', state: 'failed', reason: 'person_blocked' });
  });
});
