import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decryptMessage, encryptMessage, signatureOf } from '../src/callback-crypto.ts';
import { startSimulator } from '../src/simulator.ts';
import { Client } from './support/client.ts';
import { startReceiver } from './support/receiver.ts';
import { CorpClient, demoCorp, opened } from './support/wecom.ts';

const { corpid } = demoCorp;
const suite = { suiteId: 'dk0000000000000001', suiteSecret: 'suite-secret', token: 'SuiteToken1', aesKey: 'zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJ' };

interface Vector {
  token: string;
  encodingAESKey: string;
  receiveId: string;
  encrypt: string;
  query?: { msg_signature: string; timestamp: string; nonce: string };
  expectMsg?: string;
  plaintext?: string;
  random16?: string;
}

test('the callback cipher agrees with the published vectors', () => {
  const { vectors } = JSON.parse(readFileSync(new URL('vectors/wecom-crypto.json', import.meta.url), 'utf8')) as { vectors: Vector[] };
  expect(vectors.length).toBeGreaterThan(3);
  for (const one of vectors) {
    if (one.query) expect(signatureOf(one.token, one.query.timestamp, one.query.nonce, one.encrypt)).toBe(one.query.msg_signature);
    const message = one.expectMsg ?? one.plaintext ?? '';
    expect(decryptMessage(one.encodingAESKey, one.encrypt)).toMatchObject({ text: message, id: one.receiveId });
    if (one.random16) expect(encryptMessage(one.encodingAESKey, message, one.receiveId, one.random16)).toBe(one.encrypt);
  }
});

test('a provider installs its app, and sees other ids', async () => {
  const simulator = await startSimulator();
  const client = new Client(simulator.url);
  const corp = new CorpClient(client);
  const provider = await startReceiver();
  const pushed = async (): Promise<Record<string, string>[]> => {
    await client.get('/sim/idle');
    return provider.pushes.splice(0).map((push) => opened(push, { ...demoCorp, token: suite.token, aesKey: suite.aesKey }, suite.suiteId));
  };
  await client.post('/sim/people', { count: 2 });
  await corp.setUp({ settings: { trustedIps: [] } });
  await client.post('/sim/suites', { ...suite, commandUrl: provider.url, providerCorpid: 'ww0000000000000prov', providerSecret: 'provider-secret' });
  await client.post(`/sim/suites/${suite.suiteId}/ticket`);
  const [ticket] = await pushed();
  expect(ticket).toMatchObject({ SuiteId: suite.suiteId, InfoType: 'suite_ticket', SuiteTicket: expect.any(String) });
  const ask = { suite_id: suite.suiteId, suite_secret: suite.suiteSecret };
  expect(await client.post('/cgi-bin/service/get_suite_token', { ...ask, suite_ticket: 'old' })).toMatchObject({ errcode: 40085 });
  const { suite_access_token } = await client.post('/cgi-bin/service/get_suite_token', { ...ask, suite_ticket: ticket?.['SuiteTicket'] });
  const { provider_access_token } = await client.post('/cgi-bin/service/get_provider_token', { corpid: 'ww0000000000000prov', provider_secret: 'provider-secret' });
  const code = await client.post(`/cgi-bin/service/get_customized_auth_url?provider_access_token=${String(provider_access_token)}`, { state: 's1', templateid_list: [suite.suiteId] });
  expect(await client.post('/cgi-bin/service/get_customized_auth_url?provider_access_token=no', {})).toMatchObject({ errcode: 40014 });
  await client.post(`/sim/suites/${suite.suiteId}/authorise`, { corpid, url: code['qrcode_url'] });
  const [auth] = await pushed();
  expect(auth).toMatchObject({ InfoType: 'create_auth', AuthCode: expect.any(String), State: 's1' });
  const exchange = () => client.post(`/cgi-bin/service/v2/get_permanent_code?suite_access_token=${String(suite_access_token)}`, { auth_code: auth?.['AuthCode'] });
  const { permanent_code, auth_corp_info, state } = await exchange();
  expect(state).toBe('s1');
  expect(auth_corp_info).toMatchObject({ corpid, corp_name: demoCorp.name });
  expect(await exchange()).toMatchObject({ errcode: 40029 });
  // Its servers are not on the corp's list of addresses, and need not be.
  corp.secret = String(permanent_code);
  const own = await corp.add('p1');
  const [add] = await pushed();
  expect(add).toMatchObject({ InfoType: 'change_external_contact', AuthCorpId: corpid, ChangeType: 'add_external_contact', UserID: 'zhangsan' });
  expect(add?.['ExternalUserID']).not.toBe(own['externalUserid']);
  const detail = await corp.read('externalcontact/get', { external_userid: add?.['ExternalUserID'] ?? '' });
  expect(detail['external_contact']).not.toHaveProperty('unionid');
  await client.post('/sim/apps', { appid: 'wx00000000000000aa', secret: 's' });
  const { openid } = await client.post('/sim/people/p1/login', { appid: 'wx00000000000000aa' });
  const { unionid } = await client.get('/sim/people/p1');
  expect(await corp.call('externalcontact/unionid_to_external_userid', { unionid, openid })).toMatchObject({ external_userid: add?.['ExternalUserID'] });
  const other = await client.post('/sim/people/p2/login', { appid: 'wx00000000000000aa' });
  const { unionid: second } = await client.get('/sim/people/p2');
  const pending = await corp.call('idconvert/unionid_to_external_userid', { unionid: second, openid: other['openid'], subject_type: 0 });
  await corp.add('p2');
  const [later] = await pushed();
  expect(await corp.call('idconvert/batch/external_userid_to_pending_id', { external_userid: [later?.['ExternalUserID']] })).toMatchObject({ result: [{ pending_id: pending['pending_id'] }] });
  const { apps } = ((await client.get('/sim/corps'))['corps'] as { apps: { agentid: number; suiteId?: string }[] }[])[0] ?? { apps: [] };
  await client.send('PATCH', `/sim/corps/${corpid}`, { settings: { trustedIps: null } });
  corp.secret = demoCorp.secret;
  const translate = { external_userid: add?.['ExternalUserID'], source_agentid: apps.find((app) => app.suiteId)?.agentid };
  expect(await corp.call('externalcontact/from_service_external_userid', translate)).toMatchObject({ external_userid: own['externalUserid'] });
  expect(await corp.call('externalcontact/from_service_external_userid', { ...translate, external_userid: own['externalUserid'] })).toMatchObject({ errcode: 40096 });
  await client.post(`/sim/suites/${suite.suiteId}/cancel`, { corpid });
  expect(await pushed()).toMatchObject([{ InfoType: 'cancel_auth', AuthCorpId: corpid }]);
  expect(await client.post(`/cgi-bin/service/get_corp_token?suite_access_token=${String(suite_access_token)}`, { auth_corpid: corpid, permanent_code })).toMatchObject({ errcode: 48004 });
  await provider.close();
  await simulator.close();
});

test('corps outlive a restart, tokens do not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const stateFile = join(folder, 'state.json');
  const first = await startSimulator({ stateFile });
  const before = new CorpClient(new Client(first.url));
  await before.client.post('/sim/people', { count: 2 });
  await before.setUp();
  const { externalUserid } = await before.add('p1', 'zhangsan', { state: 'ch_1' });
  const { msgid } = await before.call('externalcontact/add_msg_template', { external_userid: [externalUserid], text: { content: '你好' } });
  const { open_kfid } = await before.call('kf/account/add', { name: '客服' });
  await before.person('p2', 'kf/say', { openKfid: open_kfid, text: '在吗' });
  const token = await before.token();
  await first.close();

  const second = await startSimulator({ stateFile });
  const after = new CorpClient(new Client(second.url));
  expect(await after.client.get(`/cgi-bin/externalcontact/list?userid=zhangsan&access_token=${token}`)).toMatchObject({ errcode: 40014 });
  expect(await after.read('externalcontact/get', { external_userid: String(externalUserid) })).toMatchObject({ follow_user: [{ state: 'ch_1' }] });
  expect(await after.employee('zhangsan', 'confirm', { msgid })).toMatchObject({ sent: 1 });
  expect(await after.call('kf/sync_msg', { open_kfid })).toMatchObject({ msg_list: [{ text: { content: '在吗' } }] });
  const made = await after.call('externalcontact/add_contact_way', { type: 1, scene: 2, user: ['lisi'] });
  expect(made['config_id']).not.toBe(msgid);
  await second.close();
  await rm(folder, { recursive: true });
});
