// What the GraphQL-over-HTTP specification asks beyond Mercurius, and the cross-site rule for cookies.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

// By the route and not by the address: the router reads /%67raphql as /graphql too.
const isGraphql = (request: FastifyRequest): boolean => request.routeOptions.url === '/graphql';
const failure = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] });

/** A header no cross-site form can set: proof that our own pages (or a script with a key) ask. */
export const CSRF_HEADER = 'x-huiliu-csrf';

/** What a client is told of a body over the limit; it is read to its end first, or the client would see a broken pipe instead. */
export const TOO_LARGE = 'The request is larger than 1 MB. Send less at once: use variables, pages or batches.';
const DRAIN_LIMIT = 64 * 1024 * 1024;
const JSON_TYPE = /^application\/(json|graphql-response\+json)\b/i;
const NULLABLE = ['extensions', 'variables', 'operationName'] as const;

/** Callback style on purpose: a promise per hook and request costs more than the checks. */
export function hardenGraphqlHttp(fastify: FastifyInstance, bodyLimit: number): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    if (request.method !== 'POST' || !isGraphql(request)) return next();
    // Only JSON: a cross-site form cannot send it without asking first.
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return void reply.status(415).send(failure('Send the query as application/json.', 'INVALID'));
    const length = Number(request.headers['content-length'] ?? 0);
    if (length <= bodyLimit || length > DRAIN_LIMIT) return next();
    request.raw.once('end', () => void reply.status(413).send(failure(TOO_LARGE, 'INVALID')));
    request.raw.once('error', () => reply.raw.destroy()); // it went away halfway: nobody is left to answer
    request.raw.resume();
  });
  fastify.addHook('preValidation', (request, reply, next) => {
    if (!isGraphql(request)) return next();
    dropNulls(request.body);
    if (isForged(request)) return refuseForged(reply);
    next();
  });
}

/** The specification allows null for what is left out; Mercurius' own body schema does not. */
function dropNulls(given: unknown): void {
  if (typeof given !== 'object' || given === null) return;
  const body = given as Record<string, unknown>;
  for (const name of NULLABLE) if (body[name] === null) delete body[name];
}

const isForged = ({ headers, method }: FastifyRequest): boolean =>
  headers.cookie !== undefined && headers.authorization === undefined && method === 'POST' && headers[CSRF_HEADER] === undefined;

const refuseForged = (reply: FastifyReply): void => void reply.status(403).send(failure(`Send the header ${CSRF_HEADER}: 1 with a cookie session.`, 'FORBIDDEN'));
