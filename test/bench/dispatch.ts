// The `dispatch` benchmark: planned messages go to the simulator and are settled, beside an undici loop that posts the same bodies to the
// same simulator at the same concurrency, in turns. Correct means: everybody exactly once, all counted for the cap, the books in balance.
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { endProcess, startStack, type Stack } from '../support/stack.ts';
import type { YardstickOrder, YardstickResult } from './dispatch-yardstick.ts';
import { median } from './figures.ts';

const SCALES = { small: { rounds: 5, people: 5000 }, full: { rounds: 5, people: 100_000 } } as const;
// What the server opens to one host, and how many sends it has under way.
const CONNECTIONS = 128;
const CONCURRENCY = 320;
const TEMPLATE = 'tmpl-new-offer';

interface Facts {
  rates: { ours: number[]; yardstick: number[] };
  violations: number;
  rssMb: number;
}

export async function run({ scale }: { scale: 'small' | 'full' }): Promise<object> {
  const { rounds, people } = SCALES[scale];
  const stack = await startStack({ durable: true });
  const yardstick = fork(path.join(import.meta.dirname, 'dispatch-yardstick.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const bench = await prepare(stack, people);
    const facts: Facts = { rates: { ours: [], yardstick: [] }, violations: 0, rssMb: 0 };
    for (let round = 0; round <= rounds; round += 1) {
      const turns = [() => ours(bench, facts), () => theirs(bench, yardstick)];
      const names = ['ours', 'yardstick'] as const;
      for (const turn of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const rate = await turns[turn]!();
        if (round > 0) facts.rates[names[turn]!].push(rate); // the first round warms both up
        process.stderr.write(`dispatch ${round}/${rounds} ${names[turn]}: ${Math.round(rate)}/s\n`);
      }
    }
    facts.violations += await offBalance(bench.merchant);
    return summary(facts, { rounds, people });
  } finally {
    await endProcess(yardstick);
    await stack.stop();
  }
}

interface Bench {
  stack: Stack;
  merchant: Merchant;
  openids: string[];
  /** How often each person was written to so far, by both sides. */
  reached: { times: number };
}

/** People who opened the program, known on both sides. */
async function prepare(stack: Stack, count: number): Promise<Bench> {
  const merchant = await aMerchant(stack.url, stack.simulator);
  await stack.simulator.call('PATCH', `/sim/apps/${merchant.appid}`, { sentEvents: 'none' }); // receipts are another job's work; the loop has none either
  await stack.simulator.people(count, 'd');
  const openids = await grant(stack, merchant);
  await stack.db.query('update channels set send_rate_per_second = 10000 where id = $1', [merchant.channelId]);
  await stack.db.query(
    `with made as (
       insert into customers (tenant_id, id, name) select $1, gen_random_uuid(), '客' || n from generate_series(1, $2::int) n returning id
     ) insert into identities (tenant_id, id, customer_id, channel_id, kind, external_id)
       select $1, gen_random_uuid(), m.id, $3, 'openid', o.openid
       from (select id, row_number() over () n from made) m join unnest($4::text[]) with ordinality o(openid, n) using (n)`,
    [merchant.tenantId, count, merchant.channelId, openids]);
  return { stack, merchant, openids, reached: { times: 0 } };
}

/** One more send for everybody at the platform. */
async function grant(stack: Stack, merchant: Merchant): Promise<string[]> {
  const { granted } = await stack.simulator.call<{ granted: { openid: string }[] }>('POST', `/sim/apps/${merchant.appid}/grants`, { templateId: TEMPLATE });
  return granted.map((one) => one.openid);
}

/** Plans a message for everybody as the planner leaves it, then lets the worker send. @returns messages a second */
async function ours(bench: Bench, facts: Facts): Promise<number> {
  const { stack, merchant, openids } = bench;
  await grant(stack, merchant);
  const dispatchId = await plan(stack, merchant);
  const envelope = { t: merchant.tenantId, r: 'bench', p: { channelId: merchant.channelId } };
  const job = { id: randomUUID(), name: 'messages.dispatch', queue: 'send', attempts: 5, payload: envelope };
  const began = performance.now();
  await stack.db.query(`select app.enqueue('graphile', $1)`, [JSON.stringify([job])]);
  for (;;) {
    const { rows } = await stack.db.query<{ state: string }>('select state from dispatches where id = $1', [dispatchId]);
    if (rows[0]?.state === 'done') break;
    if (rows[0]?.state !== 'sending') throw new Error(`the dispatch is ${rows[0]?.state}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const seconds = (performance.now() - began) / 1000;
  bench.reached.times += 1;
  facts.rssMb = Math.max(facts.rssMb, rssMb(stack.worker()));
  facts.violations += await missed(bench, dispatchId);
  return openids.length / seconds;
}

async function plan(stack: Stack, merchant: Merchant): Promise<string> {
  const dispatchId = randomUUID();
  const [tenant, template] = [merchant.tenantId, merchant.templates[TEMPLATE]];
  const spec = {
    dispatchId, purpose: 'recall', holdoutPercent: 0, cap: { messages: 1000, days: 7 },
    contents: [{ kind: 'subscription', channelId: merchant.channelId, templateId: template, fields: { thing1: '冬日限定第二件半价', time2: '2026年12月1日 18:00' } }],
  };
  await stack.db.query(`insert into dispatches (tenant_id, id, purpose, spec, state) values ($1, $2, 'recall', $3, 'paused')`, [tenant, dispatchId, JSON.stringify(spec)]);
  await stack.db.query(
    `with people as (select id, customer_id from identities where tenant_id = $1 and channel_id = $2 and kind = 'openid'), permitted as (
       insert into permits (tenant_id, identity_id, kind, scope, granted, remaining) select $1, id, 'one_time_subscription', $3, 1, 0 from people
       on conflict (tenant_id, identity_id, kind, scope) do update set granted = permits.granted + 1
     ), credited as (
       insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, occurred_at)
       select $1, gen_random_uuid(), $2, id, 'one_time_subscription', $3, 1, 'accepted', $4::text || id, now() from people
     )
     insert into messages (tenant_id, id, dispatch_id, customer_id, identity_id, channel_id, kind, scope, content_index, state, considered, due_at)
     select $1, app.new_id(), $4::uuid, customer_id, id, $2, 'one_time_subscription', $3, 0, 'planned',
       jsonb_build_array(jsonb_build_object('index', 0, 'kind', 'subscription', 'channelId', $2::text, 'verdict', 'chosen')), now() from people`,
    [tenant, merchant.channelId, template, dispatchId]);
  await stack.db.query(`update dispatches set state = 'sending', is_sealed = true where id = $1`, [dispatchId]);
  return dispatchId;
}

/** People who were not reached exactly once by this dispatch, or not counted for the cap. */
async function missed({ stack, merchant, openids, reached }: Bench, dispatchId: string): Promise<number> {
  const { rows } = await stack.db.query<{ sent: number; counted: number }>(
    `select (select count(*)::int from messages where dispatch_id = $1 and state = 'sent') as sent, (select sum(count)::int from message_counts where tenant_id = $2) as counted`,
    [dispatchId, merchant.tenantId]);
  const { received, people } = await stack.simulator.stats<{ received: { subscribe: number }; people: { mostSubscribe: number } }>(`${merchant.appid}&people=0`);
  const off = [rows[0]!.sent - openids.length, rows[0]!.counted % openids.length, received.subscribe - reached.times * openids.length, people.mostSubscribe - reached.times];
  return off.reduce((sum, one) => sum + Math.abs(one), 0);
}

async function theirs(bench: Bench, child: ChildProcess): Promise<number> {
  const { stack, merchant, openids } = bench;
  await grant(stack, merchant);
  const body = { grant_type: 'client_credential', appid: merchant.appid, secret: `secret-${merchant.appid.slice(2, -4)}` };
  const { access_token: token } = await stack.simulator.call<{ access_token: string }>('POST', '/cgi-bin/stable_token', body);
  const order: YardstickOrder = { origin: stack.simulator.url, token, templateId: TEMPLATE, openids, connections: CONNECTIONS, concurrency: CONCURRENCY };
  const { seconds, accepted } = await tell<YardstickOrder, YardstickResult>(child, order);
  if (accepted !== openids.length) throw new Error(`the yardstick sent ${accepted} of ${openids.length}`);
  bench.reached.times += 1;
  return accepted / seconds;
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

async function offBalance(merchant: Merchant): Promise<number> {
  const balance = await merchant.client.one<{ offBalance: number }>('{ ledgerBalance { offBalance } }');
  return balance.offBalance;
}

function rssMb(worker: ChildProcess): number {
  const status = fs.readFileSync(`/proc/${worker.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1]) / 1024);
}

function summary({ rates, violations, rssMb }: Facts, { rounds, people }: { rounds: number; people: number }): object {
  const ratios = rates.ours.map((rate, at) => rate / (rates.yardstick[at] ?? Number.NaN));
  return {
    bench: 'dispatch', ours: Math.round(median(rates.ours)), yardstick: Math.round(median(rates.yardstick)), unit: 'messages/s', ratio: Math.round(median(ratios) * 100) / 100,
    rssMb, violations, goals: { ratio: 0.5 },
    env: { node: process.version, cpus: os.cpus().length, rounds, messages: people, connections: CONNECTIONS, concurrency: CONCURRENCY },
  };
}
