import type { FastifyInstance } from 'fastify';
import { callbackFaults, callFaults, type Fault, type FaultKind } from '../fault-book.ts';
import type { Received } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import type { World } from '../world.ts';
import { appOr404 } from './control-error.ts';

type FaultBody = Partial<Omit<Fault, 'hits'>> & { kind: FaultKind };

const faultSchema = {
  type: 'object',
  required: ['kind'],
  properties: {
    id: { type: 'string' },
    path: { type: 'string' },
    appid: { type: 'string' },
    kind: { enum: [...callFaults, ...callbackFaults, 'mixed'] },
    errcode: { type: 'integer' },
    times: { type: 'integer', minimum: 1 },
    probability: { type: 'number', minimum: 0, maximum: 1 },
    delayMs: { type: 'integer', minimum: 0 },
  },
};

/** Failures, the clock, counts and the end of everything. */
export function addStateControl(server: FastifyInstance, world: World): void {
  server.get('/sim/faults', () => ({ faults: world.faults.list() }));
  server.post<{ Body: FaultBody }>('/sim/faults', { schema: { body: faultSchema } }, (req) => world.faults.set(req.body));
  server.delete<{ Querystring: { id?: string } }>('/sim/faults', (req) => {
    world.faults.clear(req.query.id);
    return { faults: world.faults.list() };
  });
  const clockBody = { type: 'object', required: ['advanceMs'], properties: { advanceMs: { type: 'integer', minimum: 0 } } };
  server.post<{ Body: { advanceMs: number } }>('/sim/clock', { schema: { body: clockBody } }, (req) => {
    world.clock.advance(req.body.advanceMs);
    return { now: world.clock.now() };
  });
  server.get<{ Querystring: { appid?: string; people?: string } }>('/sim/stats', (req) => {
    const apps = req.query.appid === undefined ? [...world.apps.values()] : [appOr404(world, req.query.appid)];
    return { ...statsOf(apps, req.query.people !== '0'), pendingCallbacks: world.callbacks.pending };
  });
  server.get<{ Querystring: { timeoutMs?: string } }>('/sim/idle', async (req) => ({
    idle: await world.callbacks.idle(Math.min(Number(req.query.timeoutMs ?? 10_000), 60_000)),
    pending: world.callbacks.pending,
  }));
  server.get<{ Querystring: { appid?: string } }>('/sim/callbacks', (req) => ({
    deliveries: world.callbacks.log.filter((one) => req.query.appid === undefined || one.appid === req.query.appid),
  }));
  server.post('/sim/reset', () => {
    world.reset();
    return { ok: true };
  });
  server.get('/sim/health', () => ({ ok: true, apps: world.apps.size, people: world.people.size }));
}

/** Exact counts over the programs; `people` tells the most messages any one person received. */
function statsOf(apps: MiniProgram[], withPeople: boolean): object {
  const calls: Record<string, number> = {};
  const refusals: Record<string, number> = {};
  const callbacks: Record<string, number> = { sent: 0, acked: 0, failed: 0, dropped: 0, attempts: 0 };
  const received: Received = { subscribe: 0, custom: 0 };
  const byPerson: Record<string, Received> = {};
  const tokens = { issued: 0 };
  let repeats = 0;
  for (const app of apps) {
    addUp(calls, app.stats.calls);
    addUp(refusals, app.stats.refusals);
    addUp(callbacks, app.stats.callbacks);
    addUp(received, app.stats.received);
    tokens.issued += app.tokens.issued;
    repeats += app.stats.repeats;
    for (const member of app.byPerson.values()) {
      if (Object.values(member.received).every((count) => count === 0)) continue;
      addUp((byPerson[member.person.id] ??= { subscribe: 0, custom: 0 }), member.received);
    }
  }
  const counts = Object.values(byPerson);
  const people = {
    reached: counts.length,
    mostSubscribe: counts.reduce((most, one) => Math.max(most, one.subscribe), 0),
    mostCustom: counts.reduce((most, one) => Math.max(most, one.custom), 0),
  };
  return { calls, refusals, received, repeats, people, tokens, callbacks, ...(withPeople ? { byPerson } : {}) };
}

function addUp(total: Record<string, number>, part: Record<string, number>): void {
  for (const [key, count] of Object.entries(part)) total[key] = (total[key] ?? 0) + count;
}
