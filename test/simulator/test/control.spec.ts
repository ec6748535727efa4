import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, demoApp } from './support/client.ts';

let simulator: Simulator;
let client: Client;
let openid: string;
const { appid } = demoApp;
const SEND = '/cgi-bin/message/subscribe/send';

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Client(simulator.url);
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await client.post('/sim/reset');
  await client.post('/sim/apps', demoApp);
  await client.post('/sim/people', { count: 3, prefix: 'c' });
  openid = String((await client.post('/sim/people/c1/login', { appid }))['openid']);
});

describe('people and programs', () => {
  test('ids are stable: the same person has the same openid and unionid after a reset', async () => {
    const before = await client.get(`/sim/people?appid=${appid}`);
    await client.post('/sim/reset');
    await client.post('/sim/people', { count: 3, prefix: 'c' });
    expect((await client.get(`/sim/people?appid=${appid}`))['people']).toEqual(before['people']);
    expect((await client.post('/sim/people', { count: 1, prefix: 'c' }))['people']).toMatchObject([{ id: 'c4' }]);
  });

  test('a wrong request is told why', async () => {
    expect(await client.post('/sim/people/nobody/login', { appid })).toEqual({ error: 'no person nobody' });
    expect(await client.post('/sim/people/c1/login', { appid: 'none' })).toEqual({ error: 'no mini program none' });
    expect(await client.post('/sim/people/c1/say', { appid })).toHaveProperty('error');
    expect(await client.post('/sim/apps', { ...demoApp, mode: 'secure', aesKey: 'short' })).toEqual({ error: expect.stringContaining('43') });
    expect(await client.post('/sim/apps', { ...demoApp, mode: 'loud' })).toHaveProperty('error');
    expect(await client.send('PATCH', `/sim/apps/${appid}`, { callbackUrl: 'nowhere' })).toHaveProperty('error');
    expect(await client.get('/sim/nothing')).toHaveProperty('error');
  });

  test('replacing a program keeps its people, a new secret ends its tokens, secrets are not shown', async () => {
    const token = await client.token();
    await client.accept('c1');
    const shown = await client.post('/sim/apps', { ...demoApp, secret: 'another', name: '新名字' });
    expect(shown).toMatchObject({ name: '新名字', members: 1 });
    expect(JSON.stringify(shown)).not.toContain('another');
    expect(await client.get(`/wxaapi/newtmpl/gettemplate?access_token=${token}`)).toMatchObject({ errcode: 40001 });
  });

  test('many permits at once', async () => {
    const { granted } = await client.post(`/sim/apps/${appid}/grants`, { templateId: 'T_EXPIRE', count: 2 });
    expect(granted).toHaveLength(3);
    expect(await client.get(`/sim/people/c2/settings?appid=${appid}`)).toMatchObject({ remaining: { T_EXPIRE: 2 } });
  });
});

describe('prompts', () => {
  const prompt = (templateIds: string[], more: object = {}) => client.post('/sim/people/c1/prompt', { appid, templateIds, ...more });

  test('answers are given per template; the same title twice is filtered', async () => {
    const answers = { T_EXPIRE: 'accept', T_POINTS: 'ban', T_SAME: 'accept' };
    expect(await prompt(['T_EXPIRE', 'T_POINTS', 'T_SAME'], { answers })).toEqual({
      errMsg: 'requestSubscribeMessage:ok',
      result: { T_EXPIRE: 'accept', T_POINTS: 'ban', T_SAME: 'filter' },
    });
    expect(await client.get(`/sim/people/c1/settings?appid=${appid}`)).toMatchObject({ itemSettings: {}, remaining: { T_EXPIRE: 1 } });
  });

  test('a kept choice is not asked again and still earns a send', async () => {
    await prompt(['T_EXPIRE'], { answers: { T_EXPIRE: 'accept' }, always: true });
    expect(await client.post('/sim/people/c1/prompt/plan', { appid, templateIds: ['T_EXPIRE'] })).toEqual({
      ask: [],
      kept: { T_EXPIRE: 'accept' },
      filtered: [],
    });
    expect(await prompt(['T_EXPIRE'], { answers: { T_EXPIRE: 'reject' } })).toMatchObject({ result: { T_EXPIRE: 'accept' } });
    expect(await client.get(`/sim/people/c1/settings?appid=${appid}`)).toMatchObject({ itemSettings: { T_EXPIRE: 'accept' }, remaining: { T_EXPIRE: 2 } });
  });

  test('impossible prompts fail with the client codes', async () => {
    expect(await prompt([])).toMatchObject({ errCode: 10001, errMsg: expect.stringMatching(/^requestSubscribeMessage:fail /) });
    expect(await prompt(['none'])).toMatchObject({ errCode: 20001 });
    expect(await prompt(['T_EXPIRE', 'T_LONG'])).toMatchObject({ errCode: 20002 });
    expect(await prompt(['1', '2', '3', '4', '5', '6'])).toMatchObject({ errCode: 20003 });
    await client.post('/sim/people/c1/settings', { appid, mainSwitch: false });
    expect(await prompt(['T_EXPIRE'])).toMatchObject({ errCode: 20004 });
    await client.send('PATCH', `/sim/apps/${appid}`, { subscribeBanned: true });
    expect(await prompt(['T_EXPIRE'])).toMatchObject({ errCode: 20005 });
  });
});

describe('faults', () => {
  beforeEach(() => client.accept('c1'));

  test('answer codes strike as often as told, then the work is done', async () => {
    await client.token();
    await client.post('/sim/faults', { path: SEND, kind: 'busy', times: 1 });
    await client.post('/sim/faults', { path: SEND, kind: 'quota', times: 1 });
    await client.post('/sim/faults', { path: SEND, kind: 'errcode', errcode: 43107, times: 1 });
    const codes = [];
    for (let i = 0; i < 4; i += 1) codes.push((await client.subscribe(openid)).errcode);
    expect(codes).toEqual([-1, 45009, 43107, 0]);
    expect((await client.get('/sim/faults'))['faults']).toMatchObject([{ hits: 1 }, { hits: 1 }, { hits: 1 }]);
    expect((await client.send('DELETE', '/sim/faults'))['faults']).toEqual([]);
  });

  test('HTTP 500 does no work', async () => {
    await client.post('/sim/faults', { path: SEND, kind: 'http500', times: 1 });
    const url = `${simulator.url}${SEND}?access_token=${await client.token()}`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(500);
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 0 });
  });

  test('an invalidated token is dead, a new one works', async () => {
    const before = await client.token();
    await client.post('/sim/faults', { path: SEND, kind: 'token_invalid', errcode: 42001, times: 1 });
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 42001 });
    expect(await client.token()).not.toBe(before);
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 0 });
  });

  test('a call that hangs after its work has delivered the message', async () => {
    const token = await client.token();
    await client.post('/sim/faults', { path: SEND, kind: 'hang_after', times: 1 });
    const body = JSON.stringify({ touser: openid, template_id: 'T_LONG', data: { thing1: { value: '一次' } } });
    await client.accept('c1', ['T_LONG']);
    const call = fetch(`${simulator.url}${SEND}?access_token=${token}`, { method: 'POST', body, signal: AbortSignal.timeout(300) });
    await expect(call).rejects.toThrow();
    expect(await client.get('/sim/stats')).toMatchObject({ received: { subscribe: 1 } });
  });

  test('while one send to a person is slow, a second one is refused', async () => {
    await client.accept('c1');
    await client.post('/sim/faults', { path: SEND, kind: 'slow', delayMs: 200, times: 1 });
    const slow = client.subscribe(openid);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 43108 });
    expect(await slow).toMatchObject({ errcode: 0 });
  });

  test('belong to one program and one path, and can be improbable', async () => {
    await client.post('/sim/faults', { id: 'other', path: SEND, appid: 'wxother', kind: 'busy' });
    await client.post('/sim/faults', { id: 'path', path: '/cgi-bin/message/custom/send', kind: 'busy' });
    await client.post('/sim/faults', { id: 'never', path: '*', kind: 'busy', probability: 0 });
    expect(await client.subscribe(openid)).toMatchObject({ errcode: 0 });
    expect((await client.send('DELETE', '/sim/faults?id=path'))['faults']).toMatchObject([{ id: 'other' }, { id: 'never' }]);
  });
});
