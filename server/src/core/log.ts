// Structured logs: one JSON line each, with request id and tenant, and without secrets.
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { currentContext } from './context.js';

const secretPaths = ['password', 'secret', 'appSecret', 'aesKey', 'token', 'authorization', 'cookie', 'access_token', 'session_key'];

export type Log = Logger;

/** The process's logger. Names of secrets are blanked at the top level and one level down. */
export function createLog(level: string, name: string): Log {
  return pino({
    name,
    level,
    base: { name },
    redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), censor: '[secret]' },
    mixin: () => {
      const { requestId, tenantId } = currentContext();
      return tenantId ? { requestId, tenantId } : requestId === '-' ? {} : { requestId };
    },
  });
}

export const LOG = Symbol('LOG');

/** Nest's own messages in the same stream. */
export function nestLogger(log: Log): LoggerService {
  const text = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message) => log.debug(text(message)),
    debug: (message) => log.trace(text(message)),
    verbose: (message) => log.trace(text(message)),
    warn: (message) => log.warn(text(message)),
    error: (message, ...rest) => log.error({ err: message instanceof Error ? message : undefined, detail: rest.map(String).join(' ').slice(0, 2000) }, text(message)),
    fatal: (message) => log.fatal(text(message)),
  };
}
