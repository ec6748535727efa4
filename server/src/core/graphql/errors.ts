// One place where anything thrown becomes a GraphQL error: kind to code, details kept, bugs hidden behind an id.
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { AppError, toAppError } from '../errors/app-error.js';
import { newId } from '../ids.js';
import type { Log } from '../log.js';
import { TOO_LARGE } from './over-http.js';

/** @returns the error as clients see it; a bug gets an id that the log has too. */
export function toGraphQLError(thrown: unknown, log: Log): GraphQLError {
  const error = toAppError(thrown);
  const errorId = error.kind === 'bug' ? newId() : undefined;
  log[error.rule.log]({ err: error.kind === 'bug' ? (error.cause ?? error) : undefined, errorId, code: error.rule.code, details: error.details }, error.message);
  return new GraphQLError(error.message, { originalError: error, extensions: { code: error.rule.code, ...error.details, ...(errorId && { errorId }) } });
}

/** Nest's filter for resolvers and routes: GraphQL errors are returned, HTTP errors are answered. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return thrown instanceof GraphQLError ? thrown : toGraphQLError(thrown, this.log);
    const http = host.switchToHttp();
    const { status, error } = this.toHttp(thrown);
    // Before GraphQL runs (a body too large, or no JSON) its clients still read `errors`.
    const isGraphql = http.getRequest<FastifyRequest>().url.startsWith('/graphql');
    const body = isGraphql ? { errors: [{ message: error.message, extensions: error.extensions }] } : { error: { message: error.message, ...error.extensions } };
    return http.getResponse<FastifyReply>().status(status).send(body);
  }

  private toHttp(thrown: unknown): { status: number; error: { message: string; extensions: Record<string, unknown> } } {
    const foreign = thrown as { getStatus?: () => number; statusCode?: number; code?: string; message: string };
    const status = foreign.getStatus?.() ?? foreign.statusCode;
    if (thrown instanceof AppError || !status || status >= 500) return { status: toAppError(thrown).rule.status, error: toGraphQLError(thrown, this.log) };
    const message = foreign.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? TOO_LARGE : foreign.message;
    return { status, error: { message, extensions: { code: status === 404 ? 'NOT_FOUND' : 'INVALID' } } };
  }
}

/** Mercurius' last word on an execution: errors that no filter saw (parsing, validation, limits, fields of a type) get a code too. */
export const formatErrors = (log: Log) => (result: ExecutionResult): { statusCode: number; response: ExecutionResult } => {
  const errors = (result.errors ?? []).map((error) => {
    const inner = error.originalError;
    // Nest's filter stands at root fields only: what a field of a type threw comes raw, and a database's words are not for clients.
    // Without a path nothing ran: the request itself was wrong (no document, no such operation).
    const told = inner && error.path && !(inner instanceof GraphQLError) ? toGraphQLError(inner, log) : error;
    const { extensions } = inner instanceof GraphQLError ? inner : told;
    return new GraphQLError(told.message, { nodes: error.nodes, source: error.source, positions: error.positions, path: error.path, extensions: { ...extensions, code: extensions?.['code'] ?? 'INVALID' } });
  });
  // What was no GraphQL request at all (broken JSON) never reached the executor: Fastify knows its status.
  const outer = result.errors?.[0]?.originalError as { code?: string; statusCode?: number } | undefined;
  const statusCode = outer?.code?.startsWith('FST_') ? (outer.statusCode ?? 400) : 200;
  return { statusCode, response: { data: result.data ?? null, errors } };
};
