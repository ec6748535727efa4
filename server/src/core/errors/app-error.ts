// The one error class. Its kind decides everything that happens to it; features never invent a status.
import { errorKinds, type ErrorKind, type InvalidDetails } from '@huiliu/shared';

export class AppError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly details: Record<string, unknown> = {},
    options?: { cause?: unknown; retryAfterMs?: number },
  ) {
    super(message, { cause: options?.cause });
    this.retryAfterMs = options?.retryAfterMs;
  }

  readonly retryAfterMs?: number;

  get rule() {
    return errorKinds[this.kind];
  }
}

/** A field is wrong: say which, what is wrong with it (key), and how to mend it (sentence). */
export function invalid(field: string, problem: string, message: string, more: Record<string, unknown> = {}): AppError {
  const details: InvalidDetails = { field, problem, message, ...more };
  return new AppError('invalid', message, details);
}

/** Not there, or another tenant's: the two look the same from outside. */
export const notFound = (what: string, id?: string): AppError =>
  new AppError('not_found', `There is no such ${what.replaceAll('_', ' ')}.`, { what, id });

export const conflict = (what: string, message: string): AppError => new AppError('conflict', message, { what });

const pgCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The person was joined with another, or erased, between our look and our write: a second look finds who they are now. */
export const isPersonGone = (error: unknown): boolean =>
  pgCode(error) === '23503' && ((error as { constraint?: string }).constraint ?? '').endsWith('_customer_id_fkey');

/** Deadlock, serialisation failure, lock time-out, or a person joined with another: the whole unit of work may simply run again. */
export const isRetryable = (error: unknown): boolean => ['40001', '40P01', '55P03'].includes(pgCode(error) ?? '') || isPersonGone(error);

/** Postgres refused a duplicate of this unique index. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  pgCode(error) === '23505' &&
  (!constraint || (error as { constraint?: string }).constraint === constraint || (error as { driverError?: { constraint?: string } }).driverError?.constraint === constraint);

/** Anything thrown, as an AppError: Postgres codes become kinds, the rest is a bug. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = pgCode(error);
  if (isRetryable(error)) return new AppError('busy', 'The database is busy. Please try again.', {}, { cause: error });
  if (code === '23505') return new AppError('conflict', 'Someone did this first.', {}, { cause: error });
  // 22P02: an id that is no uuid names nothing, like any unknown id
  if (code === '22P02') return new AppError('not_found', 'There is no such record.', {}, { cause: error });
  if (code === '22021' || code === '22P05') return new AppError('invalid', 'A text holds a character that cannot be stored (NUL). Take it out.', {}, { cause: error });
  if (code === '08006' || code === '57P01' || code === '57P03' || code === 'ECONNREFUSED')
    return new AppError('busy', 'The database is not reachable just now. Please try again.', {}, { cause: error });
  return new AppError('bug', 'Something went wrong on our side.', {}, { cause: error });
}
