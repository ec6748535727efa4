// What the GraphQL-over-HTTP specification asks beyond Mercurius, and the cross-site rule for cookies.
import type { FastifyInstance, FastifyRequest } from 'fastify';

const isGraphql = (request: FastifyRequest): boolean => request.url === '/graphql' || request.url.startsWith('/graphql?');
const failure = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] });

/** A header no cross-site form can set: proof that our own pages (or a script with a key) ask. */
export const CSRF_HEADER = 'x-huiliu-csrf';

export function hardenGraphqlHttp(fastify: FastifyInstance): void {
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
