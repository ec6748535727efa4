// The soak: a mixture of good, repeated, late, replayed, tampered, oversized and broken callbacks. No yardstick: what counts is that none
// is lost, none counts twice, none waits five seconds for its answer, and the memory stays flat. A violation fails it, as in a benchmark.
import { fork, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { endProcess, startStack, type Stack } from '../support/stack.ts';
import { apiRssMb, median } from './figures.ts';
import type { SoakOrder, SoakResult } from './soak-load.ts';

const SCALES = { small: 10_000, full: 100_000 } as const;
const CONNECTIONS = 48;
const TEMPLATE = 'tmpl-new-offer';
const ANSWER_WITHIN_MS = 5000; // the platform hangs up then
const SAMPLE_MS = 500;
const PATIENCE_MS = 300_000; // for the worker to open what was stored

interface Found {
  stored: number;
  waiting: number;
  broken: number;
  granted: number;
  offBalance: number;
}

export async function run({ scale }: { scale: 'small' | 'full' }): Promise<object> {
  const stack = await startStack({ durable: true });
  const load = fork(path.join(import.meta.dirname, 'soak-load.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const merchant = await aMerchant(stack.url, stack.simulator);
    const secrets = await merchant.client.one<{ token: string; aesKey: string }>('mutation ($id: ID!) { revealCallbackSecrets(channelId: $id) { token aesKey } }', { id: merchant.channelId });
    const order: SoakOrder = { ...secrets, origin: stack.url, path: `/hooks/wechat/${merchant.channelId}`, appid: merchant.appid, templateId: TEMPLATE, count: SCALES[scale], connections: CONNECTIONS };
    const { result, memory } = await watched(() => tell(load, order));
    const found = await settled(stack, merchant, result);
    return summary(result, found, memory);
  } finally {
    await endProcess(load);
    await stack.stop();
  }
}

/** Runs it and samples the API's memory meanwhile. */
async function watched(work: () => Promise<SoakResult>): Promise<{ result: SoakResult; memory: number[] }> {
  const memory: number[] = [];
  const timer = setInterval(() => memory.push(apiRssMb()), SAMPLE_MS);
  try {
    return { result: await work(), memory };
  } finally {
    clearInterval(timer);
  }
}

/** Waits until the worker has opened everything, then counts. */
async function settled(stack: Stack, merchant: Merchant, { stored }: SoakResult): Promise<Found> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await stack.db.query<Omit<Found, 'offBalance'>>(
      `select count(*)::int stored, count(*) filter (where processed_at is null)::int waiting, count(*) filter (where failure is not null)::int broken,
         (select coalesce(sum(granted), 0)::int from permits where kind = 'one_time_subscription') granted from inbound`);
    const found = rows[0]!;
    const jobs = await stack.db.query<{ n: number }>('select (select count(*)::int from graphile_worker._private_jobs where locked_at is not null or run_at <= now()) n');
    if ((found.waiting === 0 && jobs.rows[0]!.n === 0) || found.stored < stored || Date.now() > deadline) {
      const balance = await merchant.client.one<{ offBalance: number }>('{ ledgerBalance { offBalance } }');
      return { ...found, offBalance: balance.offBalance };
    }
    await sleep(500);
  }
}

function tell(load: ChildProcess, order: SoakOrder): Promise<SoakResult> {
  return new Promise((resolve, reject) => {
    load.once('exit', (code) => reject(new Error(`the load process ended with ${String(code)}`)));
    load.once('message', (answer) => resolve(answer as SoakResult));
    load.send(order);
  });
}

function summary(result: SoakResult, found: Found, memory: number[]): object {
  const rows = Object.values(result.kinds);
  const sent = rows.reduce((sum, row) => sum + row.sent, 0);
  const wrong = rows.reduce((sum, row) => sum + row.sent - row.right, 0);
  const longestMs = Math.max(...rows.map((row) => row.longestMs));
  const quarter = Math.floor(memory.length / 4);
  const [early, late] = [median(memory.slice(quarter, 2 * quarter)), median(memory.slice(-quarter))];
  const off = [found.stored - result.stored, found.waiting, found.broken, found.granted - result.accepts, found.offBalance, wrong];
  return {
    bench: 'soak', ours: Math.round(sent / result.seconds), unit: 'callbacks/s', sent, stored: found.stored, expected: result.stored, permits: found.granted, accepts: result.accepts,
    p99Ms: Math.round(result.p99Ms), longestMs, rssEarlyMb: Math.round(early), rssLateMb: Math.round(late), kinds: result.kinds,
    violations: off.reduce((sum, one) => sum + Math.abs(one), 0) + (longestMs > ANSWER_WITHIN_MS ? 1 : 0),
    env: { node: process.version, cpus: os.cpus().length, connections: CONNECTIONS },
  };
}
