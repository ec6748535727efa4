import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { allows } from '../component/rights.ts';
import { ok, refuse, type Refusal } from '../error-code.ts';
import type { Fault } from '../fault-book.ts';
import { jsonText } from '../json-text.ts';
import type { AppKind, MiniProgram } from '../mini-program.ts';
import type { World } from '../world.ts';

export type Fields = Record<string, unknown>;

/** One call of a merchant's server that passed the checks every call has. */
export interface Call {
  world: World;
  app: MiniProgram;
  query: Record<string, string | undefined>;
  body: Fields;
  now: number;
}

export const officialKinds: readonly AppKind[] = ['service_account', 'subscription_account'];
export const serviceKinds: readonly AppKind[] = ['service_account'];
export const programKinds: readonly AppKind[] = ['mini_program'];

export interface Route {
  method: 'GET' | 'POST';
  path: string;
  /** `token` calls carry an access token; `secret` calls name appid and secret in query or body. */
  auth: 'token' | 'secret';
  /** Kinds of account that have this call; all when left out, others are refused (48001). */
  kinds?: readonly AppKind[];
  /** Not counted against the daily limits. */
  free?: boolean;
  /** Openid that only one call at a time may be made for (43108). */
  oneAtATime?: (body: Fields) => string;
  handle: (call: Call) => object;
}

/** Marks a body that is not JSON, or that escapes Chinese characters; the value is the errcode. */
export interface BadBody {
  badBody: 47001 | 40033;
}

/** Registers a platform call under its real path, with faults, authentication and quota around it. */
export function addRoute(server: FastifyInstance, world: World, route: Route): void {
  server.route({
    method: ['GET', 'POST'],
    url: route.path,
    handler: (request, reply) => answer(world, route, request, reply),
  });
}

/** What one request needs on its way: kept together so that helpers stay short. */
interface Exchange {
  world: World;
  route: Route;
  request: FastifyRequest;
  reply: FastifyReply;
  app: MiniProgram | undefined;
}

async function answer(world: World, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const body = (request.body ?? {}) as Fields;
  const app = findApp(world, route, request.query as Call['query'], body);
  const exchange: Exchange = { world, route, request, reply, app };
  app?.stats.call(route.path);
  const fault = world.faults.forCall(route.path, app?.appid);
  const key = app && route.oneAtATime?.(body);
  if (app && key) {
    if (app.sending.has(key)) return send(exchange, refuse(43108));
    app.sending.add(key);
  }
  try {
    return await serve(exchange, fault);
  } finally {
    if (app && key) app.sending.delete(key);
  }
}

function serve(exchange: Exchange, fault: Fault | null): Promise<unknown> {
  const { world, reply, app } = exchange;
  return underFault(fault, reply, {
    kill: () => app?.tokens.killAll(world.clock.now()),
    answer: () => run(exchange),
    send: (result) => send(exchange, result),
  });
}

/** How a call is served when a fault strikes it; `kill` makes the caller's tokens invalid. */
export async function underFault(
  fault: Fault | null,
  reply: FastifyReply,
  steps: { kill: () => void; answer: () => object; send: (result: object) => unknown },
): Promise<unknown> {
  if (fault?.kind === 'slow') await sleep(fault.delayMs);
  if (fault?.kind === 'http500') return reply.code(500).type('text/plain').send('internal error');
  const result = faultAnswer(fault, steps.kill) ?? steps.answer();
  return fault?.kind === 'hang_after' ? hang(reply, fault.delayMs) : steps.send(result);
}

function findApp(world: World, route: Route, query: Call['query'], body: Fields): MiniProgram | undefined {
  if (route.auth === 'token') return world.apps.get(world.tokenIndex.get(query['access_token'] ?? '') ?? '');
  return world.apps.get(String(query['appid'] ?? body['appid'] ?? ''));
}

function faultAnswer(fault: Fault | null, kill: () => void): Refusal | null {
  switch (fault?.kind) {
    case 'busy':
      return refuse(-1);
    case 'quota':
      return refuse(45009);
    case 'errcode':
      return refuse(fault.errcode ?? -1);
    case 'token_invalid':
      kill();
      return refuse(fault.errcode ?? 40001);
    default:
      return null;
  }
}

function run({ world, route, request, app }: Exchange): object {
  const query = request.query as Call['query'];
  const body = (request.body ?? {}) as Fields & Partial<BadBody>;
  if (request.method !== route.method) return refuse(route.method === 'POST' ? 43002 : 43001);
  const now = world.clock.now();
  const denied = route.auth === 'token' ? checkToken(app, query['access_token'], now) : checkSecret(app, query, body);
  if (denied !== 0) return refuse(denied);
  if (!app) return refuse(40013);
  if (body.badBody !== undefined) return refuse(body.badBody);
  const authorization = world.components.authorizationOf(query['access_token']);
  if (authorization && !allows(authorization.funcs, route.path)) return refuse(61007);
  const taken = app.settings.deniedApis[route.path];
  if (taken !== undefined) return refuse(taken);
  if (route.kinds && !route.kinds.includes(app.settings.kind)) return refuse(48001);
  const limited = route.free ? 0 : app.quota.take(route.path, now);
  if (limited !== 0) return refuse(limited);
  return route.handle({ world, app, query, body, now });
}

/** Tokens are URL-safe text of some length; anything else is malformed rather than stale. */
function checkToken(app: MiniProgram | undefined, token: string | undefined, now: number): number {
  if (token === undefined || token === '') return 41001;
  if (!app) return /^[\w-]{64,512}$/.test(token) ? 40001 : 40014;
  return app.tokens.check(token, now);
}

function checkSecret(app: MiniProgram | undefined, query: Call['query'], body: Fields): number {
  const secret = query['secret'] ?? body['secret'] ?? body['appsecret'];
  if (!query['appid'] && !body['appid']) return 41002;
  if (!app) return 40013;
  if (!secret) return 41004;
  return secret === app.settings.secret ? 0 : 40125;
}

function send({ world, route, request, reply, app }: Exchange, result: object): FastifyReply {
  if (result instanceof Buffer) return reply.type('image/png').send(result);
  const text = jsonText(result);
  const { errcode, errmsg } = result as Partial<Refusal>;
  if (errcode !== undefined && errcode !== ok.errcode) {
    app?.stats.refusal(route.path, errcode);
    world.keepRid(errmsg?.split('rid: ')[1] ?? '', {
      invoke_time: Math.floor(Date.now() / 1000),
      cost_in_ms: Math.ceil(reply.elapsedTime),
      request_url: request.url.replace(/(access_token|secret)=[^&]*/g, '$1=***'),
      request_body: JSON.stringify(request.body ?? {}).slice(0, 2000),
      response_body: text,
      client_ip: request.ip,
    });
  }
  return reply.type('application/json; charset=utf-8').send(text);
}

/** The work is done and the caller never hears of it: the connection stays open, or is cut after `delayMs`. */
function hang(reply: FastifyReply, delayMs: number): FastifyReply {
  reply.hijack();
  if (delayMs > 0) setTimeout(() => reply.raw.destroy(), delayMs).unref();
  return reply;
}
