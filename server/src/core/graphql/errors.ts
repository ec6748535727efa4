// One place where anything thrown becomes a GraphQL error: kind to code, details kept, bugs hidden behind an id.
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { AppError, toAppError } from '../errors/app-error.js';
import { newId } from '../ids.js';
import type { Log } from '../log.js';

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
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = (thrown as { getStatus?: () => number }).getStatus?.() ?? (thrown as { statusCode?: number }).statusCode;
    if (status && status < 500 && !(thrown instanceof AppError))
      return reply.status(status).send({ error: { code: status === 404 ? 'NOT_FOUND' : 'INVALID', message: (thrown as Error).message } });
    const error = toGraphQLError(thrown, this.log);
    return reply.status(toAppError(thrown).rule.status).send({ error: { message: error.message, ...error.extensions } });
  }
}

/** Mercurius' last word on an execution: errors that no filter saw (parsing, validation, limits) get a code too. */
export function formatErrors(result: ExecutionResult): { statusCode: number; response: ExecutionResult } {
  const errors = (result.errors ?? []).map((error) => {
    const inner = error.originalError;
    const known = inner instanceof GraphQLError ? inner.extensions : inner instanceof AppError ? { code: inner.rule.code, ...inner.details } : error.extensions;
    return new GraphQLError(error.message, { nodes: error.nodes, source: error.source, positions: error.positions, path: error.path, extensions: { ...known, code: known?.['code'] ?? 'INVALID' } });
  });
  return { statusCode: 200, response: { data: result.data ?? null, errors } };
}
