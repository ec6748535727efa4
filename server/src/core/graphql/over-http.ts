// What the GraphQL-over-HTTP specification asks beyond Mercurius, and the cross-site rule for cookies.
import { once } from 'node:events';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const isGraphql = (request: FastifyRequest): boolean => request.url === '/graphql' || request.url.startsWith('/graphql?');
const failure = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] });

/** A header no cross-site form can set: proof that our own pages (or a script with a key) ask. */
export const CSRF_HEADER = 'x-huiliu-csrf';

/** What a client is told of a body over the limit; it is read to its end first, or the client would see a broken pipe instead. */
export const TOO_LARGE = 'The request is larger than 1 MB. Send less at once: use variables, pages or batches.';
const DRAIN_LIMIT = 64 * 1024 * 1024;

export function hardenGraphqlHttp(fastify: FastifyInstance, bodyLimit: number): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (!isGraphql(request) || request.method !== 'POST') return;
    const type = request.headers['content-type'] ?? '';
    // Only JSON: a cross-site form cannot send it without asking first.
    if (!/^application\/(json|graphql-response\+json)\b/i.test(type)) return reply.status(415).send(failure('Send the query as application/json.', 'INVALID'));
    const length = Number(request.headers['content-length'] ?? 0);
    if (length <= bodyLimit || length > DRAIN_LIMIT) return;
    request.raw.resume();
    await once(request.raw, 'end');
    return reply.status(413).send(failure(TOO_LARGE, 'INVALID'));
  });
  fastify.addHook('preValidation', async (request, reply) => {
    if (!isGraphql(request)) return;
    const body = request.body as Record<string, unknown> | undefined;
    if (body && typeof body === 'object') {
      // The specification allows null for what is left out; Mercurius' own body schema does not.
      for (const name of ['extensions', 'variables', 'operationName']) if (body[name] === null) delete body[name];
    }
    const usesCookie = request.headers.cookie !== undefined && request.headers.authorization === undefined;
    if (usesCookie && request.method === 'POST' && request.headers[CSRF_HEADER] === undefined)
      return reply.status(403).send(failure(`Send the header ${CSRF_HEADER}: 1 with a cookie session.`, 'FORBIDDEN'));
  });
}
