// The `claim` benchmark: everybody taps one hot coupon through the public GraphQL API, beside one-statement claims straight on Postgres at
// their best number of connections, and beside a bare Fastify POST. In turns on the same database; every round is counted to the last coupon.
import { fork, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../support/merchant.ts';
import { endProcess, startStack, type Stack } from '../support/stack.ts';
import type { LoadOrder, LoadResult } from './claim-load.ts';
import type { YardstickOrder, YardstickResult } from './claim-yardstick.ts';
import { apiRssMb, median, round2 } from './figures.ts';

const SCALES = {
  small: { rounds: 5, stock: 2000, people: 3000, yardstickMs: 400, bareMs: 800 },
  full: { rounds: 5, stock: 50_000, people: 80_000, yardstickMs: 4000, bareMs: 4000 },
} as const;
const CLIENTS = 256;
const YARDSTICK_CONNECTIONS = [4, 16, 64, 256];
const REPEAT_EVERY = 20; // one person in twenty taps twice at once

type Size = (typeof SCALES)[keyof typeof SCALES];
interface Round {
  ours: LoadResult;
  yardstick: number;
  bare: number;
  violations: number;
}

export async function run({ scale }: { scale: 'small' | 'full' }): Promise<object> {
  const size = SCALES[scale];
  const stack = await startStack({ durable: true, databaseFlags: ['-c', 'max_connections=400'] }); // the yardstick may open 256
  const load = helper('claim-load.ts');
  const yardstick = helper('claim-yardstick.ts');
  try {
    await endProcess(stack.worker()); // listeners of the news are another process's work; the yardstick has none
    const bench = await Bench.prepare({ stack, load, yardstick, size });
    const rounds: Round[] = [];
    for (let round = 0; round <= size.rounds; round += 1) {
      const result = await bench.round();
      if (round > 0) rounds.push(result); // the first round warms all three up
      const { ours } = result;
      process.stderr.write(`claim ${round}/${size.rounds}: ${Math.round(ours.given / ours.givenSeconds)}/s, yardstick ${Math.round(result.yardstick)}/s, bare ${Math.round(result.bare)}/s, violations ${result.violations}\n`);
    }
    return summary(rounds, size);
  } finally {
    await endProcess(load);
    await endProcess(yardstick);
    await stack.stop();
  }
}

interface Parts {
  stack: Stack;
  load: ChildProcess;
  yardstick: ChildProcess;
  size: Size;
}

class Bench {
  private readonly parts: Parts;
  private readonly merchant: Merchant;
  private readonly barePort: number;
  private readonly customerIds: string[];

  private constructor(parts: Parts, merchant: Merchant, barePort: number, customerIds: string[]) {
    this.parts = parts;
    this.merchant = merchant;
    this.barePort = barePort;
    this.customerIds = customerIds;
  }

  static async prepare(parts: Parts): Promise<Bench> {
    const { stack, load, yardstick, size } = parts;
    const merchant = await aMerchant(stack.url, stack.simulator);
    const signedIn = await tell<LoadOrder, LoadResult>(load, { do: 'sign_in', port: portOf(stack), tenantSlug: merchant.slug, people: size.people, connections: 64 });
    if (signedIn.answered !== size.people) throw new Error(`${signedIn.answered} of ${size.people} people could sign in`);
    process.stderr.write(`claim: ${size.people} people signed in, ${Math.round(signedIn.answered / signedIn.seconds)}/s\n`);
    const { rows } = await stack.db.query<{ id: string }>('select id from customers where tenant_id = $1', [merchant.tenantId]);
    const { port } = await tell<YardstickOrder, YardstickResult>(yardstick, { do: 'listen' });
    return new Bench(parts, merchant, port, rows.map((row) => row.id));
  }

  async round(): Promise<Round> {
    const { load, size } = this.parts;
    const { ours, violations } = await this.ours();
    const bare = await tell<LoadOrder, LoadResult>(load, { do: 'bare', port: this.barePort, ms: size.bareMs, connections: CLIENTS });
    const rates: number[] = [];
    for (const connections of YARDSTICK_CONNECTIONS) rates.push(await this.oneStatement(connections));
    return { ours, violations, yardstick: Math.max(...rates), bare: bare.answered / bare.seconds };
  }

  private async ours(): Promise<{ ours: LoadResult; violations: number }> {
    const { stack, load, size } = this.parts;
    const coupon = await aCoupon(this.merchant, { stock: size.stock });
    const offer = await anOffer(this.merchant, coupon.id);
    const ours = await tell<LoadOrder, LoadResult>(load, { do: 'claim', port: portOf(stack), offerId: offer.id, repeatEvery: REPEAT_EVERY, connections: CLIENTS });
    await stack.db.query('analyze coupons, customer_events'); // the count below is ours; without it the full size takes minutes
    const { rows } = await stack.db.query<{ coupons: number; people: number; facts: number; remaining: number }>(
      `select count(*)::int coupons, count(distinct customer_id)::int people, (select remaining::int from coupon_templates where id = $1) remaining,
         (select count(*)::int from customer_events e join coupons k on k.tenant_id = e.tenant_id and k.id = e.subject_id
          where e.type = 'coupon.claimed' and k.template_id = $1) facts
       from coupons where template_id = $1`, [coupon.id]);
    const found = rows[0]!;
    const off = [found.coupons - size.stock, found.people - size.stock, found.facts - size.stock, found.remaining, ours.given - size.stock];
    return { ours, violations: ours.wrong + off.reduce((sum, difference) => sum + Math.abs(difference), 0) };
  }

  private async oneStatement(connections: number): Promise<number> {
    const { stack, yardstick, size } = this.parts;
    const coupon = await aCoupon(this.merchant, { stock: 10_000_000 });
    const { claims, seconds, wrong } = await tell<YardstickOrder, YardstickResult>(yardstick, {
      do: 'claim', databaseUrl: stack.env['DATABASE_URL']!, tenantId: this.merchant.tenantId, templateId: coupon.id, customerIds: this.customerIds, connections, ms: size.yardstickMs,
    });
    if (wrong > 0) throw new Error(`the yardstick was refused ${wrong} times`);
    return claims / seconds;
  }
}

const portOf = (stack: Stack): number => Number(new URL(stack.url).port);

function helper(file: string): ChildProcess {
  return fork(path.join(import.meta.dirname, file), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
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

function summary(rounds: Round[], size: Size): object {
  const rate = ({ ours }: Round): number => ours.given / ours.givenSeconds;
  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  return {
    bench: 'claim',
    ours: Math.round(of(rate)),
    yardstick: Math.round(of((round) => round.yardstick)),
    unit: 'claims/s',
    ratio: round2(of((round) => rate(round) / round.yardstick)),
    httpRatio: round2(of((round) => round.ours.answered / round.ours.seconds / round.bare)),
    p50Ms: round2(of((round) => round.ours.p50Ms)),
    p99Ms: round2(of((round) => round.ours.p99Ms)),
    rssMb: apiRssMb(),
    violations: rounds.reduce((sum, round) => sum + round.violations, 0),
    goals: { ratio: 4, httpRatio: 0.5 },
    env: { node: process.version, cpus: os.cpus().length, rounds: rounds.length, stock: size.stock, people: size.people, clients: CLIENTS },
  };
}
