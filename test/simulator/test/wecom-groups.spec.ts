import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, type Answer } from './support/client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { CorpClient, demoCorp, events } from './support/wecom.ts';

const { corpid } = demoCorp;
let simulator: Simulator;
let client: Client;
let corp: CorpClient;
let merchant: Receiver;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Client(simulator.url);
  corp = new CorpClient(client);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  merchant = await startReceiver();
  await client.post('/sim/reset');
  await client.post('/sim/people', { count: 5 });
  await corp.setUp({ callbackUrl: merchant.url });
});
afterEach(() => merchant.close());

const ext = (path: string, body: object = {}): Promise<Answer> => corp.call(`externalcontact/${path}`, body);

describe('customer groups', () => {
  const make = async (): Promise<string> => String((await client.post(`/sim/corps/${corpid}/groups`, { owner: 'zhangsan', name: '福利群', people: ['p1'] }))['chatId']);

  test('members come and go, and versions follow each other', async () => {
    const chat_id = await make();
    const way = await ext('groupchat/add_join_way', { scene: 2, chat_id_list: [chat_id], state: 'poster' });
    const { join_way } = await ext('groupchat/get_join_way', { config_id: way['config_id'] });
    await client.post('/sim/people/p2/join-group', { url: (join_way as { qr_code: string }).qr_code });
    await client.post('/sim/people/p1/leave-group', { corpid, chatId: chat_id });
    await client.send('PATCH', `/sim/corps/${corpid}/groups/${chat_id}`, { name: '新福利群' });
    const seen = await events(client, merchant);
    const byDetail = (detail: string): Record<string, string> | undefined => seen.find((one) => one['UpdateDetail'] === detail);
    expect(seen.find((one) => one['ChangeType'] === 'create')).toMatchObject({ Event: 'change_external_chat', ChatId: chat_id });
    expect(byDetail('add_member')).toMatchObject({ JoinScene: '3', MemChangeCnt: '1', MemChangeList: { Item: expect.stringMatching(/^wm/) } });
    expect(byDetail('del_member')).toMatchObject({ QuitScene: '0', LastMemVer: byDetail('add_member')?.['CurMemVer'] });
    expect(byDetail('change_name')).toBeDefined();
    const detail = await ext('groupchat/get', { chat_id, need_name: 1 });
    expect(detail).toMatchObject({ group_chat: { name: '新福利群', owner: 'zhangsan', member_version: byDetail('del_member')?.['CurMemVer'], member_list: [{ userid: 'zhangsan', type: 1 }, { type: 2, join_scene: 3, state: 'poster' }] } });
    expect(await ext('groupchat/list', { limit: 10 })).toMatchObject({ group_chat_list: [{ chat_id, status: 0 }], next_cursor: '' });
    await client.send('DELETE', `/sim/corps/${corpid}/groups/${chat_id}`);
    expect(await ext('groupchat/get', { chat_id })).toMatchObject({ errcode: 49008 });
    expect(await ext('groupchat/get', { chat_id: 'wr0' })).toMatchObject({ errcode: 40050 });
  });

  test('the owner sends to a group', async () => {
    const chat_id = await make();
    const body = { chat_type: 'group', text: { content: '今晚八点' } };
    expect(await ext('add_msg_template', body)).toMatchObject({ errcode: 40058 });
    const { msgid, fail_list } = await ext('add_msg_template', { ...body, sender: 'zhangsan', chat_id_list: [chat_id, 'wr0'] });
    expect(fail_list).toEqual(['wr0']);
    expect(await ext('get_groupmsg_send_result', { msgid, userid: 'zhangsan' })).toMatchObject({ send_list: [] });
    expect(await corp.employee('zhangsan', 'confirm', { msgid })).toMatchObject({ sent: 1 });
    expect(await ext('get_groupmsg_send_result', { msgid, userid: 'zhangsan' })).toMatchObject({ send_list: [{ chat_id, status: 1 }] });
  });
});

describe('moments', () => {
  test('are published by hand and seen by tag', async () => {
    const { externalUserid } = await corp.add('p1');
    await corp.add('p2');
    const { tag_group } = await ext('add_corp_tag', { group_name: '等级', tag: [{ name: '金卡' }] });
    const [tag] = (tag_group as { tag: { id: string }[] }).tag;
    await ext('mark_tag', { userid: 'zhangsan', external_userid: externalUserid, add_tag: [tag?.id] });
    const range = { sender_list: { user_list: ['zhangsan'] }, external_contact_list: { tag_list: [tag?.id] } };
    const { jobid } = await ext('add_moment_task', { text: { content: '上新了' }, visible_range: range });
    const { status, result } = await corp.read('externalcontact/get_moment_task_result', { jobid: String(jobid) });
    const { moment_id } = result as { moment_id: string };
    expect(status).toBe(3);
    expect(await ext('get_moment_task', { moment_id })).toMatchObject({ task_list: [{ userid: 'zhangsan', publish_status: 0 }] });
    expect(await corp.employee('zhangsan', 'publish', { momentId: moment_id })).toEqual({ people: ['p1'] });
    expect(await corp.employee('zhangsan', 'publish', { momentId: moment_id })).toMatchObject({ error: expect.any(String) });
    expect(await ext('get_moment_task', { moment_id })).toMatchObject({ task_list: [{ publish_status: 1 }] });
    expect(await ext('get_moment_send_result', { moment_id, userid: 'zhangsan' })).toMatchObject({ customer_list: [{ external_userid: externalUserid }] });
    const { lines } = await client.get(`/sim/people/p1/contact-chat?corpid=${corpid}&userid=zhangsan`);
    expect((lines as object[]).at(-1)).toMatchObject({ kind: 'moment', text: '上新了' });
  });

  test('are limited and can be stopped', async () => {
    for (let i = 0; i < 10; i += 1) expect(await ext('add_moment_task', { text: { content: `第${i}条` } })).toMatchObject({ errcode: 0 });
    expect(await ext('add_moment_task', { text: { content: '太多' } })).toMatchObject({ errcode: 45009 });
    const { moments } = await client.get(`/sim/corps/${corpid}/employees/lisi/tasks`);
    const [first] = moments as { momentId: string }[];
    await ext('cancel_moment_task', { moment_id: first?.momentId });
    expect((await client.get(`/sim/corps/${corpid}/employees/lisi/tasks`))['moments']).toHaveLength(9);
  });
});

test('a transfer begins by the API and ends in the client', async () => {
  const { externalUserid } = await corp.add('p1');
  const pair = { handover_userid: 'zhangsan', takeover_userid: 'lisi' };
  const begin = (): Promise<Answer> => ext('transfer_customer', { ...pair, external_userid: [externalUserid, 'wm0'] });
  expect(await begin()).toMatchObject({ customer: [{ errcode: 0 }, { errcode: 40096 }] });
  expect(await begin()).toMatchObject({ customer: [{ errcode: 40129 }, {}] });
  expect(await ext('transfer_result', pair)).toMatchObject({ customer: [{ external_userid: externalUserid, status: 2 }] });
  await corp.employee('zhangsan', 'transfer', { person: 'p1', to: 'lisi', outcome: 'refused' });
  expect(await ext('transfer_result', pair)).toMatchObject({ customer: [{ status: 3 }] });
  await begin();
  await corp.employee('zhangsan', 'transfer', { person: 'p1', to: 'lisi' });
  expect(await corp.read('externalcontact/list', { userid: 'lisi' })).toMatchObject({ external_userid: [externalUserid] });
  expect(await corp.read('externalcontact/list', { userid: 'zhangsan' })).toMatchObject({ external_userid: [] });
});
