// Structured logs: one JSON line each, with request id and tenant, and without secrets.
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { currentContext } from './context.js';

const secretPaths = ['password', 'secret', 'appSecret', 'callbackToken', 'aesKey', 'token', 'authorization', 'cookie', 'access_token', 'session_key'];

export type Log = Logger;

/** The process's logger. Names of secrets are blanked, down to two levels. @param out where to; standard output by default. */
export function createLog(level: string, name: string, out?: DestinationStream): Log {
  const options = {
    name,
    level,
    base: { name },
    redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), censor: '[secret]' },
    mixin: () => {
      const { requestId, tenantId } = currentContext();
      return tenantId ? { requestId, tenantId } : requestId === '-' ? {} : { requestId };
    },
  };
  return out ? pino(options, out) : pino(options);
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
