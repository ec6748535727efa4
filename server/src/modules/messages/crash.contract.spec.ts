// kill -9 of the real worker in the middle of a dispatch, twice: nobody is written to twice, nobody is lost, and the books balance.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSimulator, startTestApp, TEST_SECRET_KEY, type SimulatorProcess, type TestApp } from '../../core/testing/index.js';
import { ConsentsService } from '../consents/index.js';
import { Dispatches } from './dispatches.service.js';
import { MessagesModule } from './messages.module.js';
import { Planner } from './planner.service.js';
import { SweepService } from './sweep.service.js';
import { aShop, shopSpec } from './testing/shop.fixture.js';

const WORKER = fileURLToPath(new URL('../../../dist/worker.js', import.meta.url));
const PEOPLE = 1500;

let t: TestApp;
let simulator: SimulatorProcess;
const workers = new Set<ChildProcess>();

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url }, [MessagesModule]);
});
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await t.stop();
  await simulator.stop();
});

function startWorker(): ChildProcess {
  const env = { PATH: process.env['PATH'], DATABASE_URL: t.databaseUrl, SECRET_KEY: TEST_SECRET_KEY, WECHAT_API_BASE: simulator.url, LOG_LEVEL: 'error', DB_POOL_SIZE: '6' };
  const worker = spawn(process.execPath, [WORKER], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  workers.add(worker);
  return worker;
}

async function until(what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Stats { received: { subscribe: number }; byPerson: Record<string, { subscribe: number }> }

it('survives kill -9 of the worker: each message settled once or unknown, none sent twice, none lost', async () => {
  const shop = await aShop(t, simulator, PEOPLE);
  const stats = () => simulator.call<Stats>('GET', `/sim/stats?appid=${shop.appId}`);
  const within = <T>(work: () => Promise<T>): Promise<T> => t.as(shop.tenantId, work);
  const spec = shopSpec(shop);
  await within(async () => {
    await t.get(Dispatches).open(spec);
    await t.get(Planner).planChunk(spec.dispatchId, { audience: { sql: 'true', params: [] } });
    await t.get(Dispatches).start(spec.dispatchId);
    await t.get(Dispatches).seal(spec.dispatchId);
  });
  await simulator.call('POST', '/sim/faults', { path: '/cgi-bin/message/subscribe/send', appid: shop.appId, kind: 'slow', delayMs: 40 });
  const progress = async () => (await within(() => t.get(Dispatches).progress([spec.dispatchId]))).get(spec.dispatchId)!;

  for (const share of [0.2, 0.5]) {
    const worker = startWorker();
    await until('the dispatch is in full swing', async () => (await stats()).received.subscribe >= PEOPLE * share);
    worker.kill('SIGKILL');
    await new Promise((resolve) => worker.once('exit', resolve));
    expect((await progress()).planned).toBeGreaterThan(0);
    // As after the lease's time; the sweep of the clock then does the rest.
    await t.sql(`update messages set lease_until = now() - interval '1 second' where state = 'sending'`);
    await within(() => t.get(SweepService).run());
    expect((await progress()).sending).toBe(0);
    expect(await within(() => t.get(ConsentsService).balance())).toMatchObject({ offBalance: 0 });
  }
  startWorker();
  await until('everything is settled', async () => (await progress()).planned + (await progress()).sending === 0, 90);

  const [{ received, byPerson }, end] = [await stats(), await progress()];
  expect(Math.max(...Object.values(byPerson).map((one) => one.subscribe))).toBe(1);
  expect(end.sent + end.unknown).toBe(PEOPLE);
  expect(received.subscribe).toBeGreaterThanOrEqual(end.sent);
  expect(received.subscribe).toBeLessThanOrEqual(PEOPLE);
  expect(end.unknown).toBeLessThanOrEqual(2 * 5 * 64);
  const receivers = new Set(Object.keys(byPerson));
  const sent = await t.sql<{ openid: string }>(`select i.external_id as openid from messages m join identities i on i.id = m.identity_id where m.dispatch_id = $1 and m.state = 'sent'`, [spec.dispatchId]);
  const simIdOf = new Map(shop.people.map((person) => [person.openid, person.simId]));
  expect(sent.filter(({ openid }) => !receivers.has(simIdOf.get(openid)!))).toEqual([]);
  expect(await within(() => t.get(ConsentsService).balance())).toMatchObject({ permits: PEOPLE, offBalance: 0, remaining: 0 });
  expect(await within(() => t.get(Dispatches).state(spec.dispatchId))).toBe('done');
}, 240_000);
