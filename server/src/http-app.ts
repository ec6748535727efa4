// The HTTP face of the process: Fastify with cookies, identity, the console, the customer pages and, in a demo, the simulator.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import cookie from '@fastify/cookie';
import proxy from '@fastify/http-proxy';
import serveStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { runAs } from './core/context.js';
import { Doorkeeper } from './core/doorkeeper.js';
import { AppError } from './core/errors/app-error.js';
import { toGraphQLError } from './core/graphql/errors.js';
import { hardenGraphqlHttp } from './core/graphql/over-http.js';
import { newId } from './core/ids.js';
import { type Log, nestLogger } from './core/log.js';

const BODY_LIMIT = 1024 * 1024;

/** A request must have arrived whole by then: Fastify's default lets a slow sender hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 60_000;

/** One hop: the last entry of X-Forwarded-For is our proxy's own word; those before it are whatever the caller wrote. */
const isOurProxy = (_address: string, hop: number): boolean => hop < 1;

/** Builds the API; it does not listen yet. */
export async function createHttpApp(config: Config, log: Log): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: BODY_LIMIT, trustProxy: config.trustProxy && isOurProxy, requestTimeout: REQUEST_TIMEOUT_MS, genReqId: () => newId(), routerOptions: { maxParamLength: 200 } });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, log), adapter, { logger: nestLogger(log), bodyParser: false, abortOnError: false });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  await fastify.register(cookie);
  identifyCallers(fastify, app.get(Doorkeeper), log);
  hardenGraphqlHttp(fastify, BODY_LIMIT);
  if (config.simulatorUrl) await fastify.register(proxy, { upstream: config.simulatorUrl, prefix: '/sim', rewritePrefix: '/sim', disableCache: true } as never);
  if (config.staticDir) await servePages(fastify, config.staticDir);
  return app;
}

/** Callback style on purpose: the rest of the request runs inside the caller's context. */
function identifyCallers(fastify: FastifyInstance, doorkeeper: Doorkeeper, log: Log): void {
  fastify.addHook('preHandler', (request, reply, next) => {
    if (!needsIdentity(request)) return next();
    void reply.header('x-request-id', request.id); // what to name when asking us about an answer; our log has it too
    try {
      const found = doorkeeper.identify(request);
      if (!(found instanceof Promise)) return runAs(found, next);
      found.then((context) => runAs(context, next), (error: unknown) => refuse(reply, error, log));
    } catch (error) {
      refuse(reply, error, log);
    }
  });
}

const needsIdentity = (request: FastifyRequest): boolean => !request.url.startsWith('/sim/') && !request.url.startsWith('/hooks/') && !request.url.startsWith('/health/');

function refuse(reply: FastifyReply, thrown: unknown, log: Log): void {
  const error = toGraphQLError(thrown, log);
  const status = thrown instanceof AppError ? thrown.rule.status : 500;
  void reply.status(status).send({ data: null, errors: [error.toJSON()] });
}

async function servePages(fastify: FastifyInstance, root: string): Promise<void> {
  const console = path.join(root, 'console');
  const play = path.join(root, 'play');
  const cacheForever = (reply: FastifyReply, file: string) => {
    void reply.header('cache-control', /\/assets\//.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache');
  };
  if (existsSync(play)) {
    await fastify.register(serveStatic, { root: play, prefix: '/p-assets/', decorateReply: true, setHeaders: cacheForever, preCompressed: true });
    const page = await readFile(path.join(play, 'index.html'), 'utf8');
    fastify.get('/p/*', (_request, reply) => reply.type('text/html').header('cache-control', 'no-cache').send(page));
  }
  if (existsSync(console)) {
    await fastify.register(serveStatic, { root: console, prefix: '/', decorateReply: !existsSync(play), wildcard: false, setHeaders: cacheForever, preCompressed: true });
    const page = await readFile(path.join(console, 'index.html'), 'utf8');
    const isPage = (request: FastifyRequest) => request.method === 'GET' && !/^\/(graphql|hooks|health|sim|assets|p-assets)(\/|$|\?)/.test(request.url);
    for (const route of ['/*']) fastify.get(route, (request, reply) => (isPage(request) ? reply.type('text/html').header('cache-control', 'no-cache').send(page) : reply.status(404).send({ error: { code: 'NOT_FOUND', message: 'There is no such page.' } })));
  }
}
