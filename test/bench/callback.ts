// The `callback` benchmark: signed and encrypted callbacks taken in, stored once and acknowledged, beside bare Fastify that
// decrypts the same and inserts each by itself, in turns on the same database. One callback in twenty is sent twice.
import { fork, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { aMerchant } from '../support/merchant.ts';
import { endProcess, startStack, type Stack } from '../support/stack.ts';
import type { LoadOrder, LoadResult } from './callback-load.ts';
import type { YardstickStart } from './callback-yardstick.ts';
import { apiRssMb, median, round2 } from './figures.ts';

const SCALES = { small: { rounds: 5, count: 4000 }, full: { rounds: 9, count: 20_000 } } as const;
const CONNECTIONS = 64;
const REPEAT_EVERY = 20;
const FIRST_ID = 7_283_946_501_234_000_000n;

interface Target {
  name: 'ours' | 'yardstick';
  order: Omit<LoadOrder, 'first' | 'count'>;
  /** Rows stored so far. */
  stored: () => Promise<number>;
}

export async function run({ scale }: { scale: 'small' | 'full' }): Promise<object> {
  const { rounds, count } = SCALES[scale];
  const stack = await startStack({ durable: true });
  const helpers: ChildProcess[] = [];
  try {
    await endProcess(stack.worker()); // opening the callbacks is another process's work; both sides leave it undone
    const targets = await bothTargets(stack, helpers);
    const load = helper('callback-load.ts', helpers);
    const results: Record<Target['name'], LoadResult[]> = { ours: [], yardstick: [] };
    let violations = 0;
    for (let round = 0; round <= rounds; round += 1) {
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        const result = await fire(load, { ...target.order, first: String(FIRST_ID + BigInt(round * count)), count });
        violations += result.wrong + Math.abs((await target.stored()) - (round + 1) * count);
        if (round > 0) results[target.name].push(result); // the first round warms both up
        process.stderr.write(`callback ${round}/${rounds} ${target.name}: ${Math.round(result.sent / result.seconds)}/s, p99 ${result.p99Ms.toFixed(1)} ms\n`);
      }
    }
    return summary(results, { violations, rssMb: apiRssMb(), rounds, count });
  } finally {
    for (const child of helpers) await endProcess(child);
    await stack.stop();
  }
}

async function bothTargets(stack: Stack, helpers: ChildProcess[]): Promise<Target[]> {
  const merchant = await aMerchant(stack.url, stack.simulator);
  const secrets = await merchant.client.one<{ token: string; aesKey: string }>('mutation ($id: ID!) { revealCallbackSecrets(channelId: $id) { token aesKey } }', { id: merchant.channelId });
  const account = { ...secrets, appid: merchant.appid, repeatEvery: REPEAT_EVERY, connections: CONNECTIONS };
  const yardstick = helper('callback-yardstick.ts', helpers);
  const { port } = await tell<YardstickStart, { port: number }>(yardstick, { ...secrets, appid: merchant.appid, databaseUrl: stack.env['DATABASE_URL'] ?? '' });
  const count = (sql: string) => async (): Promise<number> => Number((await stack.db.query<{ n: string }>(sql)).rows[0]?.n);
  return [
    { name: 'ours', order: { ...account, origin: stack.url, path: `/hooks/wechat/${merchant.channelId}` }, stored: count('select count(*) n from inbound') },
    { name: 'yardstick', order: { ...account, origin: `http://127.0.0.1:${port}`, path: '/callback' }, stored: count('select count(*) n from bench_inbound') },
  ];
}

function helper(file: string, helpers: ChildProcess[]): ChildProcess {
  const child = fork(path.join(import.meta.dirname, file), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  helpers.push(child);
  return child;
}

/** Sends one message and waits for the answer. */
function tell<Q extends object, A>(child: ChildProcess, question: Q): Promise<A> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a helper process ended with ${String(code)}`));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      resolve(answer as A);
    });
    child.send(question);
  });
}

const fire = (load: ChildProcess, order: LoadOrder): Promise<LoadResult> => tell<LoadOrder, LoadResult>(load, order);

function summary(results: Record<Target['name'], LoadResult[]>, facts: { violations: number; rssMb: number; rounds: number; count: number }): object {
  const rate = (name: Target['name']): number => median(results[name].map((one) => one.sent / one.seconds));
  const ratios = results.ours.map((one, at) => one.sent / one.seconds / ((results.yardstick[at]?.sent ?? 0) / (results.yardstick[at]?.seconds ?? 1)));
  return {
    bench: 'callback',
    ours: Math.round(rate('ours')),
    yardstick: Math.round(rate('yardstick')),
    unit: 'callbacks/s',
    ratio: round2(median(ratios)),
    p50Ms: round2(median(results.ours.map((one) => one.p50Ms))),
    p99Ms: round2(median(results.ours.map((one) => one.p99Ms))),
    rssMb: facts.rssMb,
    violations: facts.violations,
    goals: { ratio: 2 },
    env: { node: process.version, cpus: os.cpus().length, rounds: facts.rounds, callbacks: facts.count, connections: CONNECTIONS },
  };
}
