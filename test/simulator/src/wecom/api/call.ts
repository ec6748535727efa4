import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Refusal } from '../../error-code.ts';
import type { Fault } from '../../fault-book.ts';
import type { World } from '../../world.ts';
import { refuse } from '../codes.ts';
import type { Corp, CorpApp } from '../corp.ts';
import type { Suite } from '../suite.ts';

export type Fields = Record<string, unknown>;

interface Basics {
  world: World;
  query: Record<string, string | undefined>;
  body: Fields;
  now: number;
  /** Address this simulator was called by, for links it answers. */
  base: string;
}

/** A call of an app with a valid token. */
export interface WecomCall extends Basics {
  corp: Corp;
  app: CorpApp;
}

export interface SuiteCall extends Basics {
  suite: Suite;
}

/** A call that needs no token; `ip` is checked by the handler. */
export interface OpenCall extends Basics {
  ip: string;
}

interface RouteBase {
  method: 'GET' | 'POST';
  /** As the caller writes it. */
  path: string;
  /** Where it is really served, when WeChat has the same path. */
  servedAt?: string;
}

export type WecomRoute =
  | (RouteBase & { auth: 'token'; handle: (call: WecomCall) => object })
  | (RouteBase & { auth: 'suite'; handle: (call: SuiteCall) => object })
  | (RouteBase & { auth: 'open'; handle: (call: OpenCall) => object });

/** What one request needs on its way. */
interface Exchange {
  world: World;
  route: WecomRoute;
  request: FastifyRequest;
  reply: FastifyReply;
  corp: Corp | undefined;
}

/** A shorthand for the usual POST with an app's token. */
export function addCall(server: FastifyInstance, world: World, path: string, handle: (call: WecomCall) => object): void {
  addWecomRoute(server, world, { method: 'POST', path: `/cgi-bin/${path}`, auth: 'token', handle });
}

/** Registers a call with faults, authentication and counts around it. */
export function addWecomRoute(server: FastifyInstance, world: World, route: WecomRoute): void {
  server.route({
    method: ['GET', 'POST'],
    url: route.servedAt ?? route.path,
    handler: (request, reply) => answer({ world, route, request, reply, corp: findCorp(world, request) }),
  });
}

async function answer(exchange: Exchange): Promise<unknown> {
  const { world, route, reply, corp } = exchange;
  corp?.stats.call(route.path);
  const fault = world.faults.forCall(route.path, corp?.corpid);
  if (fault?.kind === 'slow') await sleep(fault.delayMs);
  if (fault?.kind === 'http500') return reply.code(500).type('text/plain').send('internal error');
  const result = faultAnswer(world, fault, corp) ?? run(exchange);
  if (fault?.kind === 'hang_after') return hang(reply, fault.delayMs);
  const { errcode } = result as Partial<Refusal>;
  if (errcode) corp?.stats.refusal(route.path, errcode);
  return reply.type('application/json; charset=UTF-8').send(JSON.stringify(result));
}

function findCorp(world: World, request: FastifyRequest): Corp | undefined {
  const { access_token, corpid } = request.query as Record<string, string | undefined>;
  return world.wecom.corps.get(world.wecom.owner(access_token)?.corpid ?? corpid ?? '');
}

function faultAnswer(world: World, fault: Fault | null, corp: Corp | undefined): Refusal | null {
  switch (fault?.kind) {
    case 'busy':
      return refuse(-1);
    case 'quota':
      return refuse(fault.errcode ?? 45009);
    case 'errcode':
      // A mixed fault draws WeChat's minute limit; WeCom's nearest is the one on calls at once.
      return refuse(fault.errcode === 45011 ? 45033 : (fault.errcode ?? -1));
    case 'token_invalid':
      if (corp) world.wecom.endTokens(corp.corpid);
      return refuse(fault.errcode ?? 40014);
    default:
      return null;
  }
}

function run({ world, route, request, corp }: Exchange): object {
  const query = request.query as Basics['query'];
  const body = (request.body ?? {}) as Fields;
  if (request.method !== route.method) return refuse(route.method === 'POST' ? 43002 : 43001);
  const basics: Basics = { world, query, body, now: world.clock.now(), base: `http://${request.headers.host ?? 'localhost'}` };
  if (route.auth === 'suite') return runSuite(world, route, basics);
  if (route.auth === 'token') {
    const app = appOf(world, corp, query['access_token'], basics.now);
    if (typeof app === 'number') return refuse(app);
    if (!isTrusted(corp, app, request.ip)) return refuse(60020, `from ip: ${request.ip}`);
    if (body['badBody'] !== undefined) return refuse(47001);
    return route.handle({ ...basics, corp: corp as Corp, app });
  }
  if (body['badBody'] !== undefined) return refuse(47001);
  return route.handle({ ...basics, ip: request.ip });
}

function runSuite(world: World, route: WecomRoute & { auth: 'suite' }, basics: Basics): object {
  const owner = world.wecom.owner(basics.query['suite_access_token']);
  const suite = world.wecom.suites.get(owner?.suiteId ?? '');
  if (!owner || owner.kind !== 'suite' || !suite) return refuse(40082);
  if (owner.endsAt <= basics.now) return refuse(42009);
  if (basics.body['badBody'] !== undefined) return refuse(47001);
  return route.handle({ ...basics, suite });
}

function appOf(world: World, corp: Corp | undefined, token: string | undefined, now: number): CorpApp | number {
  if (!token) return 41001;
  const owner = world.wecom.owner(token);
  if (owner?.kind !== 'app' || !corp) return 40014;
  const app = corp.data.apps.find((one) => one.agentid === owner.agentid);
  if (!app) return 40014;
  return owner.endsAt <= now ? 42001 : app;
}

/** A provider's app is called from the provider's addresses, which are not the corp's. */
export function isTrusted(corp: Corp | undefined, app: CorpApp, ip: string): boolean {
  const trusted = corp?.data.settings.trustedIps ?? null;
  return trusted === null || app.suiteId !== undefined || trusted.includes(ip);
}

/** The work is done and the caller never hears of it. */
function hang(reply: FastifyReply, delayMs: number): FastifyReply {
  reply.hijack();
  if (delayMs > 0) setTimeout(() => reply.raw.destroy(), delayMs).unref();
  return reply;
}
