import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSimulator } from '../src/simulator.ts';
import { Client, demoApp } from './support/client.ts';

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

test('a file that cannot be read is named', async () => {
  const stateFile = join(folder, 'state.json');
  await writeFile(stateFile, '{"format":');
  await expect(startSimulator({ stateFile })).rejects.toThrow(/state\.json/);
});
