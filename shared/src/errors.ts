// Every error code the server throws, with its kind. The kind alone decides status, retry and log level.

/** How an error behaves: what a client sees, whether a job tries again, how loudly it is logged. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'busy'
  | 'throttled'
  | 'upstream'
  | 'bug';

export interface KindRule {
  /** GraphQL `extensions.code`. */
  code: string;
  status: number;
  /** Whether a job that met it tries again. */
  retries: boolean;
  log: 'info' | 'warn' | 'error';
}

export const errorKinds: Record<ErrorKind, KindRule> = {
  invalid: { code: 'INVALID', status: 400, retries: false, log: 'info' },
  unauthenticated: { code: 'UNAUTHENTICATED', status: 401, retries: false, log: 'info' },
  forbidden: { code: 'FORBIDDEN', status: 403, retries: false, log: 'warn' },
  not_found: { code: 'NOT_FOUND', status: 404, retries: false, log: 'info' },
  conflict: { code: 'CONFLICT', status: 409, retries: false, log: 'info' },
  busy: { code: 'BUSY', status: 503, retries: true, log: 'warn' },
  throttled: { code: 'THROTTLED', status: 429, retries: true, log: 'info' },
  upstream: { code: 'UPSTREAM', status: 502, retries: true, log: 'warn' },
  bug: { code: 'INTERNAL', status: 500, retries: true, log: 'error' },
};

/** Details of an INVALID error: the field by its path, the problem by its key (console: `invalid.<problem>`), and a sentence. */
export interface InvalidDetails {
  field: string;
  problem: string;
  message: string;
  [more: string]: unknown;
}
