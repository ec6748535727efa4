import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { allowanceOf } from '../src/wecom/allowance.ts';
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
const chat = (person: string, userid = 'zhangsan'): Promise<Answer> => client.get(`/sim/people/${person}/contact-chat?corpid=${corpid}&userid=${userid}`);

describe('live codes and links', () => {
  test('a scan adds one employee after another, with the state', async () => {
    const made = await ext('add_contact_way', { type: 2, scene: 2, user: ['zhangsan', 'lisi'], state: 'store_1' });
    const first = await client.post('/sim/people/p1/scan-contact', { url: made['qr_code'] });
    const second = await client.post('/sim/people/p2/scan-contact', { url: made['qr_code'] });
    expect([first['userid'], second['userid']]).toEqual(['zhangsan', 'lisi']);
    expect((await events(client, merchant)).map((one) => one['State'])).toEqual(['store_1', 'store_1']);
    await ext('update_contact_way', { config_id: made['config_id'], user: ['lisi'], state: 'store_2' });
    expect(await ext('get_contact_way', { config_id: made['config_id'] })).toMatchObject({ contact_way: { user: ['lisi'], state: 'store_2', type: 2, qr_code: made['qr_code'] } });
    expect(await ext('list_contact_way')).toMatchObject({ contact_way: [{ config_id: made['config_id'] }], next_cursor: '' });
    await ext('del_contact_way', { config_id: made['config_id'] });
    expect(await ext('get_contact_way', { config_id: made['config_id'] })).toMatchObject({ errcode: 41044 });
    expect(await client.post('/sim/people/p3/scan-contact', { url: made['qr_code'] })).toMatchObject({ error: expect.any(String) });
  });

  test('bad live codes are refused', async () => {
    const good = { type: 2, scene: 2, user: ['zhangsan'] };
    expect(await ext('add_contact_way', { ...good, state: 's'.repeat(31) })).toMatchObject({ errcode: 40058 });
    expect(await ext('add_contact_way', { ...good, type: 1, user: ['zhangsan', 'lisi'] })).toMatchObject({ errcode: 40058 });
    expect(await ext('add_contact_way', { ...good, scene: 3 })).toMatchObject({ errcode: 41037 });
    expect(await ext('add_contact_way', { ...good, user: ['guest'] })).toMatchObject({ errcode: 41054 });
    expect(await ext('add_contact_way', { ...good, user: Array.from({ length: 101 }, (_none, i) => `u${i}`) })).toMatchObject({ errcode: 41041 });
  });

  test('an acquisition link brings its channel and costs balance', async () => {
    await client.send('PATCH', `/sim/corps/${corpid}`, { settings: { acquisitionBalance: 1 } });
    const { link } = await ext('customer_acquisition/create_link', { link_name: '秋季投放', range: { user_list: ['lisi'] } });
    const { url, link_id } = link as { url: string; link_id: string };
    await client.post('/sim/people/p1/scan-contact', { url: `${url}?customer_channel=ad_7` });
    await corp.person('p1', 'say-contact', { userid: 'lisi', text: '你好' });
    const seen = await events(client, merchant);
    expect(seen.map((one) => one['ChangeType']).toSorted()).toEqual(['add_external_contact', 'balance_exhausted', 'customer_start_chat']);
    expect(await ext('customer_acquisition/customer', { link_id })).toMatchObject({ customer_list: [{ userid: 'lisi', chat_status: 1, state: 'ad_7' }] });
    expect(await corp.read('externalcontact/customer_acquisition_quota')).toMatchObject({ balance: 0 });
  });
});

describe('the welcome', () => {
  const welcome = (welcome_code: unknown, more: object = { text: { content: '欢迎光临' } }): Promise<Answer> => ext('send_welcome_msg', { welcome_code, ...more });

  test('is sent once, within 20 seconds', async () => {
    const { welcomeCode } = await corp.add('p1');
    expect(await welcome(welcomeCode, {})).toMatchObject({ errcode: 44004 });
    const link = { msgtype: 'link', link: { title: '新人券', url: 'https://shop.example/p/1' } };
    expect(await welcome(welcomeCode, { text: { content: '欢迎光临' }, attachments: [link] })).toMatchObject({ errcode: 0 });
    expect(await welcome(welcomeCode)).toMatchObject({ errcode: 41051 });
    expect((await chat('p1'))['lines']).toMatchObject([{ kind: 'system' }, { kind: 'welcome', text: '欢迎光临', attachments: [{ title: '新人券' }] }]);
    const late = await corp.add('p2');
    await client.post('/sim/clock', { advanceMs: 20_001 });
    expect(await welcome(late['welcomeCode'])).toMatchObject({ errcode: 41050 });
    expect(await welcome('none')).toMatchObject({ errcode: 41050 });
  });

  test('is too late once the person has written', async () => {
    const { welcomeCode } = await corp.add('p1');
    await corp.person('p1', 'say-contact', { userid: 'zhangsan', text: '在吗' });
    expect(await welcome(welcomeCode)).toMatchObject({ errcode: 41051 });
  });

  test('gets no code when the admin has one of his own', async () => {
    await client.send('PATCH', `/sim/corps/${corpid}`, { settings: { adminWelcome: true } });
    expect(await corp.add('p1')).toMatchObject({ welcomeCode: '' });
    expect((await events(client, merchant))[0]).not.toHaveProperty('WelcomeCode');
  });
});

describe('tags', () => {
  test('an app changes its own, and hangs any on a pair', async () => {
    const { externalUserid } = await corp.add('p1');
    const made = await ext('add_corp_tag', { group_name: '等级', tag: [{ name: '金卡' }, { name: '银卡' }, { name: '金卡' }] });
    const { tag } = made['tag_group'] as { tag: { id: string; name: string }[] };
    expect(tag.map((one) => one.name)).toEqual(['金卡', '银卡']);
    const { tags } = await client.post(`/sim/corps/${corpid}/tags`, { group: '来源', tags: ['门店'] });
    const [admin] = tags as { id: string }[];
    await events(client, merchant);
    expect(await ext('edit_corp_tag', { id: admin?.id, name: '线上' })).toMatchObject({ errcode: 81011 });
    expect(await ext('edit_corp_tag', { id: tag[0]?.id, name: '银卡' })).toMatchObject({ errcode: 40071 });
    const mark = { userid: 'zhangsan', external_userid: externalUserid, add_tag: [tag[0]?.id, admin?.id] };
    expect(await ext('mark_tag', mark)).toMatchObject({ errcode: 0 });
    expect(await ext('mark_tag', { ...mark, userid: 'lisi' })).toMatchObject({ errcode: 84061 });
    expect(await ext('mark_tag', { ...mark, add_tag: ['no'] })).toMatchObject({ errcode: 40068 });
    await ext('del_corp_tag', { tag_id: [tag[0]?.id] });
    const detail = await corp.read('externalcontact/get', { external_userid: String(externalUserid) });
    expect(detail).toMatchObject({ follow_user: [{ tags: [{ tag_name: '门店', group_name: '来源', type: 1 }] }] });
    expect((await ext('get_corp_tag_list', {}))['tag_group']).toMatchObject([{ group_name: '等级', tag: [{ name: '银卡' }] }, { group_name: '来源' }]);
    // None of this raised an event.
    expect(await events(client, merchant)).toEqual([]);
  });

  test('the console raises events', async () => {
    const { groupId, tags } = await client.post(`/sim/corps/${corpid}/tags`, { group: '来源', tags: ['门店', '线上'] });
    const seen = await events(client, merchant);
    expect(seen.map((one) => `${one['ChangeType']} ${one['TagType']}`).toSorted()).toEqual(['create tag', 'create tag', 'create tag_group']);
    const [first] = tags as { id: string }[];
    await client.send('PATCH', `/sim/corps/${corpid}/tags/${first?.id}`, { name: '总店' });
    await client.post(`/sim/corps/${corpid}/tags/shuffle`, {});
    await client.send('DELETE', `/sim/corps/${corpid}/tags/${String(groupId)}`);
    const changes = await events(client, merchant);
    expect(changes.map((one) => one['ChangeType']).toSorted()).toEqual(['delete', 'shuffle', 'update']);
    expect(changes.find((one) => one['ChangeType'] === 'delete')).toMatchObject({ Event: 'change_external_tag', Id: groupId, TagType: 'tag_group' });
  });
});

describe('group sends', () => {
  const body = { text: { content: '周末八折' } };

  async function ids(count: number): Promise<string[]> {
    const { added } = await client.post('/sim/contacts', { corpid, userid: 'zhangsan', count });
    return (added as { externalUserid: string }[]).map((one) => one.externalUserid);
  }

  test('nothing arrives until the employee confirms', async () => {
    const [a = '', b = ''] = await ids(2);
    await corp.add('p1', 'lisi');
    const made = await ext('add_msg_template', { ...body, external_userid: [a, b, 'wmNobody'], sender: 'zhangsan' });
    expect(made).toMatchObject({ errcode: 0, fail_list: ['wmNobody'] });
    const { msgid } = made;
    expect(await ext('get_groupmsg_task', { msgid })).toMatchObject({ task_list: [{ userid: 'zhangsan', status: 0 }] });
    expect(await ext('get_groupmsg_send_result', { msgid, userid: 'zhangsan' })).toMatchObject({ send_list: [{ external_userid: a, status: 0 }, { status: 0 }] });
    const { sends } = await client.get(`/sim/corps/${corpid}/employees/zhangsan/tasks`);
    expect(sends).toMatchObject([{ msgid, text: '周末八折' }]);
    const [left = ''] = (sends as { people: string[] }[])[0]?.people ?? [];
    expect(await corp.employee('zhangsan', 'confirm', { msgid, leaveOut: [left] })).toEqual({ sent: 1, notFriend: 0, allowance: 0, leftOut: 1 });
    expect(await ext('get_groupmsg_task', { msgid })).toMatchObject({ task_list: [{ status: 2, send_time: expect.any(Number) }] });
    expect(await ext('get_groupmsg_send_result', { msgid, userid: 'zhangsan' })).toMatchObject({ send_list: [{ status: 0 }, { status: 1, send_time: expect.any(Number) }] });
    expect(await corp.employee('zhangsan', 'confirm', { msgid })).toMatchObject({ error: expect.any(String) });
    expect(await client.get(`/sim/corps/${corpid}/stats`)).toMatchObject({ received: { mass: 1 }, mostMass: 1 });
  });

  test('the allowance and a lost friend are told per person', async () => {
    const { externalUserid: one } = await corp.add('p1');
    const { externalUserid: two } = await corp.add('p2');
    const both = { ...body, external_userid: [one, two] };
    const first = await ext('add_msg_template', both);
    await corp.person('p2', 'delete-contact', { userid: 'zhangsan' });
    expect(await corp.employee('zhangsan', 'confirm', { msgid: first['msgid'] })).toMatchObject({ sent: 1, notFriend: 1 });
    const second = await ext('add_msg_template', both);
    expect(await corp.employee('zhangsan', 'confirm', { msgid: second['msgid'] })).toMatchObject({ allowance: 1, notFriend: 1 });
    expect(await ext('get_groupmsg_send_result', { msgid: second['msgid'], userid: 'zhangsan' })).toMatchObject({ send_list: [{ external_userid: one, status: 3 }, { external_userid: two, status: 2 }] });
    await client.post('/sim/clock', { advanceMs: 86_400_000 });
    const third = await ext('add_msg_template', both);
    expect(await corp.employee('zhangsan', 'confirm', { msgid: third['msgid'] })).toMatchObject({ sent: 1 });
  });

  test('without a sender the last employee gets the task; tags choose people', async () => {
    const { externalUserid } = await corp.add('p1', 'zhangsan');
    await client.post('/sim/clock', { advanceMs: 1000 });
    await corp.add('p1', 'lisi');
    const { msgid } = await ext('add_msg_template', { ...body, external_userid: [externalUserid] });
    expect(await ext('get_groupmsg_task', { msgid })).toMatchObject({ task_list: [{ userid: 'lisi' }] });
    const { tag_group } = await ext('add_corp_tag', { group_name: '等级', tag: [{ name: '金卡' }] });
    const [tag] = (tag_group as { tag: { id: string }[] }).tag;
    const filter = { tag_filter: { group_list: [{ tag_list: [tag?.id] }] } };
    expect(await ext('add_msg_template', { ...body, ...filter })).toMatchObject({ errcode: 41048 });
    await ext('mark_tag', { userid: 'zhangsan', external_userid: externalUserid, add_tag: [tag?.id] });
    expect(await ext('add_msg_template', { ...body, ...filter })).toMatchObject({ errcode: 0 });
    expect((await client.get(`/sim/corps/${corpid}/employees/zhangsan/tasks`))['sends']).toHaveLength(1);
  });

  test('is dispatched, reminded and cancelled', async () => {
    await client.send('PATCH', `/sim/corps/${corpid}`, { settings: { dispatchMs: 60_000 } });
    const [id = ''] = await ids(1);
    const { msgid } = await ext('add_msg_template', { ...body, external_userid: [id] });
    expect(await ext('get_groupmsg_task', { msgid })).toMatchObject({ errcode: 41063 });
    await client.post('/sim/clock', { advanceMs: 60_000 });
    await corp.employee('zhangsan', 'ignore', { msgid });
    expect((await client.get(`/sim/corps/${corpid}/employees/zhangsan/tasks`))['sends']).toEqual([]);
    for (let i = 0; i < 3; i += 1) expect(await ext('remind_groupmsg_send', { msgid })).toMatchObject({ errcode: 0 });
    expect(await ext('remind_groupmsg_send', { msgid })).toMatchObject({ errcode: 41094 });
    expect((await client.get(`/sim/corps/${corpid}/employees/zhangsan/tasks`))['sends']).toHaveLength(1);
    expect(await ext('cancel_groupmsg_send', { msgid })).toMatchObject({ errcode: 0 });
    expect(await ext('cancel_groupmsg_send', { msgid })).toMatchObject({ errcode: 41093 });
    expect(await corp.employee('zhangsan', 'confirm', { msgid })).toMatchObject({ error: expect.any(String) });
    const now = Math.floor(Date.now() / 1000);
    expect(await ext('get_groupmsg_list_v2', { chat_type: 'single', start_time: now - 60, end_time: now + 600 })).toMatchObject({ group_msg_list: [{ msgid, create_type: 0, text: body.text }] });
    expect(await ext('get_groupmsg_list_v2', { chat_type: 'single', start_time: now - 40 * 86_400, end_time: now })).toMatchObject({ errcode: 40058 });
  });

  test('content is checked', async () => {
    const [id = ''] = await ids(1);
    const sendWith = (more: object): Promise<Answer> => ext('add_msg_template', { external_userid: [id], ...more });
    expect(await sendWith({})).toMatchObject({ errcode: 44004 });
    expect(await sendWith({ text: { content: '长'.repeat(1334) } })).toMatchObject({ errcode: 45002 });
    expect(await sendWith({ ...body, attachments: Array.from({ length: 10 }, () => ({ msgtype: 'image', image: {} })) })).toMatchObject({ errcode: 41064 });
    expect(await sendWith({ ...body, attachments: [{ msgtype: 'image', image: { media_id: 'no' } }] })).toMatchObject({ errcode: 40007 });
    const form = new FormData();
    form.set('media', new Blob(['PNG']), 'a.png');
    const upload = await fetch(`${simulator.url}/cgi-bin/media/upload?type=image&access_token=${await corp.token()}`, { method: 'POST', body: form });
    const { media_id } = (await upload.json()) as { media_id: string };
    expect(await sendWith({ attachments: [{ msgtype: 'image', image: { media_id } }] })).toMatchObject({ errcode: 0 });
    await client.post('/sim/clock', { advanceMs: 3 * 86_400_000 });
    expect(await sendWith({ attachments: [{ msgtype: 'image', image: { media_id } }] })).toMatchObject({ errcode: 40007 });
  });

  test('allowances begin in Beijing', () => {
    const sunday = Date.UTC(2026, 1, 1, 15, 59, 59);
    expect(allowanceOf('daily_1', sunday)).toEqual({ since: Date.UTC(2026, 0, 31, 16), max: 1 });
    expect(allowanceOf('weekly_7', sunday)).toEqual({ since: Date.UTC(2026, 0, 25, 16), max: 7 });
    expect(allowanceOf('weekly_7', sunday + 1000)).toEqual({ since: Date.UTC(2026, 1, 1, 16), max: 7 });
    expect(allowanceOf('monthly_days', sunday)).toEqual({ since: Date.UTC(2026, 0, 31, 16), max: 28 });
  });
});
