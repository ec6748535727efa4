import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSimulator } from '../src/simulator.ts';
import { Client, demoAccount, demoApp } from './support/client.ts';

const { appid } = demoApp;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('people, permits, windows and messages outlive a restart, tokens do not', async () => {
  const stateFile = join(folder, 'deep', 'state.json');
  const first = await startSimulator({ stateFile });
  const before = new Client(first.url);
  await before.post('/sim/apps', demoApp);
  await before.post('/sim/people', { count: 2 });
  await before.accept('p1');
  await before.accept('p1');
  await before.accept('p1', ['T_LONG']);
  await before.post('/sim/people/p1/say', { appid, text: '在吗' });
  const openid = String((await before.post('/sim/people/p1/login', { appid }))['openid']);
  const token = await before.token();
  await before.subscribe(openid);
  await first.close();

  const second = await startSimulator({ stateFile });
  const after = new Client(second.url);
  expect(await after.get(`/wxaapi/newtmpl/gettemplate?access_token=${token}`)).toMatchObject({ errcode: 40001 });
  expect(await after.get(`/sim/people/p1/settings?appid=${appid}`)).toMatchObject({ remaining: { T_EXPIRE: 1, T_LONG: 'unlimited' } });
  expect((await after.subscribe(openid)).errcode).toBe(0);
  expect((await after.subscribe(openid)).errcode).toBe(43101);
  expect((await after.say(openid, '在的')).errcode).toBe(0);
  const { messages } = await after.get('/sim/people/p1/inbox');
  expect(new Set((messages as { id: string }[]).map((one) => one.id)).size).toBe(3);
  expect((await after.post('/sim/people', { count: 1 }))['people']).toMatchObject([{ id: 'p3' }]);
  expect(await after.get('/sim/stats')).toMatchObject({ received: { subscribe: 2, custom: 1 } });
  await second.close();
});

test('followers, tags, scene codes, menus and authorisations outlive a restart', async () => {
  const stateFile = join(folder, 'state.json');
  const first = await startSimulator({ stateFile });
  const before = new Client(first.url);
  await before.post('/sim/apps', demoAccount);
  await before.post('/sim/people');
  const query = `access_token=${await before.token(demoAccount)}`;
  const { openid } = await before.post('/sim/people/p1/follow', { appid: demoAccount.appid });
  const { tag } = await before.post(`/cgi-bin/tags/create?${query}`, { tag: { name: '常客' } });
  const tagid = (tag as { id: number }).id;
  await before.post(`/cgi-bin/tags/members/batchtagging?${query}`, { openid_list: [openid], tagid });
  const { ticket } = await before.post(`/cgi-bin/qrcode/create?${query}`, { action_name: 'QR_LIMIT_STR_SCENE', action_info: { scene: { scene_str: 's7' } } });
  await before.post(`/cgi-bin/menu/create?${query}`, { button: [{ type: 'click', name: '积分', key: 'POINTS' }] });
  const component = { appid: 'wxc0', secret: 's', token: 't', aesKey: demoAccount.aesKey, eventUrl: 'http://127.0.0.1:1/e', messageUrl: 'http://127.0.0.1:1/$APPID$' };
  await before.post('/sim/components', component);
  await before.post('/sim/components/wxc0/authorise', { appid: demoAccount.appid });
  await first.close();

  const second = await startSimulator({ stateFile });
  const after = new Client(second.url);
  const token = `access_token=${await after.token(demoAccount)}`;
  expect(await after.get(`/cgi-bin/user/info?openid=${String(openid)}&${token}`)).toMatchObject({ subscribe: 1, tagid_list: [tagid] });
  expect(await after.post(`/cgi-bin/tags/create?${token}`, { tag: { name: '新客' } })).toMatchObject({ tag: { id: tagid + 1 } });
  expect(await after.post('/sim/people/p1/scan', { ticket })).toMatchObject({ event: 'SCAN', scene: 's7' });
  expect(await after.get(`/cgi-bin/menu/get?${token}`)).toMatchObject({ menu: { button: [{ key: 'POINTS' }] } });
  expect(await after.get('/sim/components')).toMatchObject({ components: [{ authorised: [demoAccount.appid] }] });
  expect(second.world.apps.get(demoAccount.appid)?.pushSettings.callbackUrl).toBe(`http://127.0.0.1:1/${demoAccount.appid}`);
  await second.close();
});

test('a file that cannot be read is named', async () => {
  const stateFile = join(folder, 'state.json');
  await writeFile(stateFile, '{"format":');
  await expect(startSimulator({ stateFile })).rejects.toThrow(/state\.json/);
});
