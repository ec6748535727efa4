import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client } from './support/client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { CorpClient, demoCorp, events } from './support/wecom.ts';

const { corpid } = demoCorp;
let simulator: Simulator;
let client: Client;
let corp: CorpClient;
let merchant: Receiver;

beforeAll(async () => {
  simulator = await startSimulator({ callbackTimeoutMs: 300, callbackRetryMs: 30 });
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

describe('tokens', () => {
  test('the secret fetches one token until its end', async () => {
    const token = await corp.token();
    expect(token.length).toBeGreaterThan(100);
    expect(await corp.token()).toBe(token);
    expect(await client.get(`/cgi-bin/gettoken?corpid=${corpid}&corpsecret=no`)).toMatchObject({ errcode: 40001 });
    expect(await client.get('/cgi-bin/gettoken?corpid=ww0&corpsecret=no')).toMatchObject({ errcode: 40013 });
    await client.post('/sim/clock', { advanceMs: 7_200_001 });
    expect(await client.get(`/cgi-bin/externalcontact/get_follow_user_list?access_token=${token}`)).toMatchObject({ errcode: 42001 });
    expect(await client.get('/cgi-bin/externalcontact/get_follow_user_list?access_token=x')).toMatchObject({ errcode: 40014 });
    expect(await client.post('/cgi-bin/externalcontact/remark', {})).toMatchObject({ errcode: 41001 });
    expect(await corp.read('externalcontact/get_follow_user_list')).toEqual({ errcode: 0, errmsg: 'ok', follow_user: ['zhangsan', 'lisi'] });
  });

  test('an address that is not trusted is refused and named', async () => {
    const token = await corp.token();
    await client.send('PATCH', `/sim/corps/${corpid}`, { settings: { trustedIps: ['10.1.1.1'] } });
    const refused = await client.get(`/cgi-bin/externalcontact/list?access_token=${token}&userid=lisi`);
    expect(refused).toMatchObject({ errcode: 60020, errmsg: expect.stringContaining('127.0.0.1') });
    expect(await client.get(`/cgi-bin/gettoken?corpid=${corpid}&corpsecret=${demoCorp.secret}`)).toMatchObject({ errcode: 60020 });
  });

  test('faults strike by path', async () => {
    await client.post('/sim/faults', { path: '/cgi-bin/externalcontact/list', kind: 'token_invalid', times: 1 });
    await client.post('/sim/faults', { path: '/cgi-bin/externalcontact/remark', kind: 'errcode', errcode: 45033, times: 1 });
    const token = await corp.token();
    expect(await corp.read('externalcontact/list', { userid: 'lisi' })).toMatchObject({ errcode: 40014 });
    expect(await corp.token()).not.toBe(token);
    expect(await corp.call('externalcontact/remark')).toMatchObject({ errcode: 45033 });
    expect(await client.get(`/sim/corps/${corpid}/stats`)).toMatchObject({ refusals: { '/cgi-bin/externalcontact/remark 45033': 1 } });
  });
});

describe('events', () => {
  test('the address is checked with an encrypted echostr', async () => {
    // The receiver echoes the cipher text, which is not what WeCom wants.
    expect(await client.post(`/sim/corps/${corpid}/verify`)).toMatchObject({ ok: false, status: 200 });
    expect(merchant.pushes[0]?.query.get('msg_signature')).toMatch(/^[0-9a-f]{40}$/);
  });

  test('a relation from start to end', async () => {
    const added = await corp.add('p1', 'zhangsan', { state: 'ch_12' });
    expect(added).toMatchObject({ userid: 'zhangsan', externalUserid: expect.stringMatching(/^wm/), welcomeCode: expect.stringMatching(/./) });
    await corp.employee('zhangsan', 'edit', { person: 'p1', remark: '老客' });
    await corp.person('p1', 'delete-contact', { userid: 'zhangsan' });
    expect(await corp.read('externalcontact/list', { userid: 'zhangsan' })).toMatchObject({ external_userid: [added['externalUserid']] });
    await corp.employee('zhangsan', 'delete', { person: 'p1' });
    const seen = await events(client, merchant);
    const head = { ToUserName: corpid, FromUserName: 'sys', MsgType: 'event', Event: 'change_external_contact', UserID: 'zhangsan', ExternalUserID: added['externalUserid'] };
    expect(seen.map((one) => one['ChangeType']).toSorted()).toEqual(['add_external_contact', 'del_external_contact', 'del_follow_user', 'edit_external_contact']);
    for (const one of seen) expect(one).toMatchObject(head);
    expect(seen.find((one) => one['ChangeType'] === 'add_external_contact')).toMatchObject({ State: 'ch_12', WelcomeCode: added['welcomeCode'] });
    expect(await corp.read('externalcontact/get', { external_userid: String(added['externalUserid']) })).toMatchObject({ errcode: 84061 });
  });

  test('a half contact cannot be remarked until the employee accepts', async () => {
    const { externalUserid } = await corp.add('p1', 'lisi', { half: true });
    const remark = { userid: 'lisi', external_userid: externalUserid, remark: 'x' };
    expect(await corp.call('externalcontact/remark', remark)).toMatchObject({ errcode: 84061 });
    await corp.employee('lisi', 'accept', { person: 'p1' });
    expect(await corp.call('externalcontact/remark', remark)).toMatchObject({ errcode: 0 });
    expect(await corp.call('externalcontact/remark', { ...remark, remark: '长'.repeat(21) })).toMatchObject({ errcode: 40035 });
    // The API's own change raises no event.
    const types = (await events(client, merchant)).map((one) => one['ChangeType']);
    expect(types.toSorted()).toEqual(['add_external_contact', 'add_half_external_contact']);
  });

  test('a transfer deletes at one and adds at the other', async () => {
    await corp.add('p1');
    await events(client, merchant);
    await corp.employee('zhangsan', 'transfer', { person: 'p1', to: 'lisi', outcome: 'refused' });
    expect(await events(client, merchant)).toMatchObject([{ ChangeType: 'transfer_fail', FailReason: 'customer_refused', UserID: 'lisi' }]);
    await corp.employee('zhangsan', 'transfer', { person: 'p1', to: 'lisi' });
    const seen = (await events(client, merchant)).toSorted((a, b) => String(b['ChangeType']).localeCompare(String(a['ChangeType'])));
    expect(seen).toMatchObject([
      { ChangeType: 'del_external_contact', UserID: 'zhangsan', Source: 'DELETE_BY_TRANSFER' },
      { ChangeType: 'add_external_contact', UserID: 'lisi' },
    ]);
  });

  test('only silence repeats a push, and a lost one stays lost', async () => {
    merchant.replies.push(500);
    await corp.add('p1');
    expect(await events(client, merchant)).toHaveLength(1);
    merchant.replies.push('hang');
    await corp.add('p2');
    expect(await events(client, merchant)).toHaveLength(2);
    await client.post('/sim/faults', { path: 'change_external_contact', kind: 'drop_callback', times: 1 });
    await corp.add('p3');
    expect(await events(client, merchant)).toEqual([]);
    const { external_userid } = await corp.read('externalcontact/list', { userid: 'zhangsan' });
    expect(external_userid).toHaveLength(3);
  });
});

describe('reading', () => {
  test('details and pages of many', async () => {
    await client.post('/sim/contacts', { corpid, userid: 'zhangsan', count: 120, state: 'bulk' });
    await corp.add('p1');
    await corp.add('p1', 'lisi');
    const seen = new Set<string>();
    let cursor = '';
    do {
      const page = await corp.call('externalcontact/batch/get_by_user', { userid_list: ['zhangsan', 'lisi'], cursor, limit: 100 });
      for (const { external_contact: one, follow_info } of page['external_contact_list'] as { external_contact: { external_userid: string }; follow_info: { userid: string } }[]) {
        seen.add(`${follow_info.userid} ${one.external_userid}`);
      }
      cursor = String(page['next_cursor']);
    } while (cursor !== '');
    expect(seen.size).toBe(122);
    const { externalUserid } = await corp.add('p1');
    const detail = await corp.read('externalcontact/get', { external_userid: String(externalUserid) });
    const { unionid } = await client.get('/sim/people/p1');
    expect(detail).toMatchObject({ external_contact: { type: 1, unionid }, follow_user: [{ userid: 'zhangsan', add_way: 1, tags: [] }, { userid: 'lisi' }], next_cursor: '' });
    expect(await corp.call('externalcontact/batch/get_by_user', { userid_list: ['guest'] })).toMatchObject({ errcode: 41054 });
    expect(await corp.read('externalcontact/list', { userid: 'nobody' })).toMatchObject({ errcode: 60111 });
  });
});
