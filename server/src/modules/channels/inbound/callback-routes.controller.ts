// Routes that platforms call: a scope of their own in Fastify, because the signature is over the raw bytes.
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { InboundRequest } from '../adapter.js';

const MAX_BYTES = 1_048_576;
export const TEXT = 'text/plain; charset=utf-8';

export interface CallbackRoute {
  /** GET and POST when left out: an address is checked by GET first. */
  methods?: ('GET' | 'POST')[];
  url: string;
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
}

/** Opens the routes; nothing in the worker process, which has the same modules and no HTTP. */
export async function routeCallbacks(host: HttpAdapterHost, routes: readonly CallbackRoute[]): Promise<void> {
  const fastify = host.httpAdapter?.getInstance<FastifyInstance>();
  if (fastify === undefined) return;
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, body, done) => done(null, body));
    for (const { methods = ['GET', 'POST'], url, handler } of routes) scope.route({ method: methods, url, bodyLimit: MAX_BYTES, handler });
  });
}

/** What the adapters read of a request. */
export function inboundOf(request: FastifyRequest): InboundRequest {
  const query: Record<string, string> = {};
  for (const [key, value] of Object.entries(request.query as Record<string, unknown>)) if (typeof value === 'string') query[key] = value;
  return { method: request.method === 'GET' ? 'GET' : 'POST', query, raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) };
}
