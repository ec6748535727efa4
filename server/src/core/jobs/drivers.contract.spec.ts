// Both queue drivers, one behaviour. Real Postgres, real Redis, real worker processes that are really killed.
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TenantDb } from '../db/tenant-db.js';
import { Events } from '../events/events.js';
import { flakyJob, hangingJob, hopelessJob, JobHostModule, noteJob } from '../testing/job-host.js';
import { startTestApp, TEST_SECRET_KEY, type TestApp } from '../testing/index.js';
import { Jobs } from './jobs.js';

const HOST = fileURLToPath(new URL('../../../dist/core/testing/job-host.js', import.meta.url));
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

const drivers = hasRedis ? (['graphile', 'bull'] as const) : (['graphile'] as const);
if (!hasRedis) console.warn('NOT PROVED HERE: driver bull (no redis-server on this machine)');

describe.each(drivers)('driver %s', (driver) => {
  let t: TestApp;
  let tenant: string;
  let redis: ChildProcess | undefined;
  let redisUrl: string | undefined;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    expect(existsSync(HOST), 'build the server first (pnpm build:server)').toBe(true);
    if (driver === 'bull') {
      const port = await freePort();
      redis = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], { stdio: 'ignore' });
      redisUrl = `redis://127.0.0.1:${port}`;
    }
    t = await startTestApp(redisUrl ? { REDIS_URL: redisUrl } : {}, [JobHostModule]);
    await t.sql('create table test_notes (id bigint generated always as identity, note text not null, at timestamptz not null default now())');
    await t.sql('grant select, insert on test_notes to huiliu_system');
    tenant = await t.tenant();
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) {
      const gone = new Promise((resolve) => worker.once('exit', resolve));
      if (worker.exitCode === null && worker.signalCode === null && worker.kill('SIGTERM')) await gone;
    }
  });
  afterAll(async () => {
    await t?.stop();
    redis?.kill('SIGKILL');
  });

  const startWorker = async () => {
    const env = { ...process.env, DATABASE_URL: t.databaseUrl, SECRET_KEY: TEST_SECRET_KEY, LOG_LEVEL: 'error', ...(redisUrl && { REDIS_URL: redisUrl }) };
    const worker = fork(HOST, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    workers.push(worker);
    await new Promise((resolve, reject) => worker.once('message', resolve).once('exit', reject));
    return worker;
  };
  const write = <T>(work: () => Promise<T>) => t.as(tenant, () => t.get(TenantDb).write(work));
  const notes = async (note: string) => (await t.sql<{ at: Date }>('select at from test_notes where note = $1 order by id', [note])).map((row) => row.at.getTime());
  const until = async (note: string, count: number, ms = 30_000) => {
    const end = Date.now() + ms;
    while ((await notes(note)).length < count) {
      if (Date.now() > end) throw new Error(`${note}: ${(await notes(note)).length} of ${count} after ${ms} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const jobs = () => t.get(Jobs);

  it('runs what was committed and nothing that was rolled back', async () => {
    await write(() => jobs().enqueue(noteJob, { key: 'kept' }));
    await write(async () => {
      await jobs().enqueue(noteJob, { key: 'dropped' });
      throw new Error('roll back');
    }).catch(() => undefined);
    await startWorker();
    await until('kept', 1);
    await write(() => jobs().enqueue(noteJob, { key: 'last' }));
    await until('last', 1);
    expect(await notes('dropped')).toEqual([]);
    expect(await notes('kept')).toHaveLength(1);
  });

  it('waits for the time asked for', async () => {
    await startWorker();
    const runAt = new Date(Date.now() + 2_000);
    await write(() => jobs().enqueue(noteJob, { key: 'later' }, { runAt }));
    await until('later', 1);
    expect((await notes('later'))[0]).toBeGreaterThanOrEqual(runAt.getTime());
  });

  it('keeps one waiting job per key', async () => {
    for (let i = 0; i < 5; i++) await write(() => jobs().enqueue(noteJob, { key: 'keyed' }, { key: 'k', runAt: new Date(Date.now() + 500) }));
    await startWorker();
    await until('keyed', 1);
    await write(() => jobs().enqueue(noteJob, { key: 'after keyed' }, { runAt: new Date(Date.now() + 1_500) }));
    await until('after keyed', 1);
    expect(await notes('keyed')).toHaveLength(1);
  });

  it('tells every listener of an event', async () => {
    await startWorker();
    await write(() => t.get(Events).emit('campaign.finished', { campaignId: 'c1' }));
    await until('heard c1', 1);
  });

  it('tries again with growing pauses, then succeeds', async () => {
    await startWorker();
    await write(() => jobs().enqueue(flakyJob, { key: 'flaky', times: 2 }));
    await until('flaky', 3, 40_000);
    const [first, second, third] = await notes('flaky');
    expect(second! - first!).toBeGreaterThan(1_000);
    expect(third! - second!).toBeGreaterThan(second! - first!);
    expect(await t.sql("select 1 from dead_letters where payload->'p'->>'key' = 'flaky'")).toEqual([]);
  });

  it('makes a dead letter of what no second try mends, with its payload', async () => {
    await startWorker();
    await write(() => jobs().enqueue(hopelessJob, { key: 'hopeless' }));
    await until('hopeless', 1);
    const letter = async () => (await t.sql<{ error_kind: string; tenant_id: string }>("select error_kind, tenant_id from dead_letters where payload->'p'->>'key' = 'hopeless'"))[0];
    await expect.poll(letter, { timeout: 5_000 }).toEqual({ error_kind: 'invalid', tenant_id: tenant });
    expect(await notes('hopeless')).toHaveLength(1);
  });

  it('runs a clock job once per slot with two workers', async () => {
    await Promise.all([startWorker(), startWorker()]);
    const before = (await notes('tick')).length;
    await until('tick', before + 3);
    const gaps = (await notes('tick')).slice(before + 1).map((at, i, all) => (i === 0 ? 2_000 : at - all[i - 1]!));
    expect(Math.min(...gaps)).toBeGreaterThan(900); // two runs of one slot would lie together
  });

  it('runs a job again whose worker was killed in the middle', async () => {
    const doomed = await startWorker();
    await write(() => jobs().enqueue(hangingJob, { key: 'hanging' }));
    await until('hanging', 1);
    doomed.kill('SIGKILL');
    await startWorker();
    await until('hanging', 2, 60_000);
  });

  if (driver === 'bull') it('loses nothing when Redis is flushed in mid-flight', async () => {
    const client = new Redis(redisUrl!);
    const keys = Array.from({ length: 300 }, (_, i) => `flushed ${i}`);
    await write(() => jobs().enqueueMany(noteJob, keys.map((key) => ({ key }))));
    await startWorker();
    for (let i = 0; i < 8; i++) {
      await client.flushall();
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await client.quit();
    const missing = async () => keys.length - (await t.sql<{ n: number }>("select count(distinct note)::int n from test_notes where note like 'flushed %'"))[0]!.n;
    await expect.poll(missing, { timeout: 60_000, interval: 500 }).toBe(0);
    await expect.poll(async () => (await t.sql("select 1 from job_outbox where payload->'p'->>'key' like 'flushed %'")).length, { timeout: 30_000 }).toBe(0);
  });
});
