// What went wrong, as data: an error's code from the API, or the code of a normal day's no (a Refusal).
import type { CombinedError } from '@urql/vue';

export interface Problem {
  kind: 'error' | 'refusal';
  code: string;
  details: Record<string, unknown>;
}

interface Refusal {
  __typename: 'Refusal';
  code: string;
  details?: unknown;
}

/** A mutation's result without its Refusal branches: what is left after `refusalIn` found none. */
export type Accepted<Result> = { [Key in keyof Result]: Exclude<Result[Key], { __typename: 'Refusal' }> };

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** The first error of an answer; NETWORK when none came at all. */
export function problemOf(error: CombinedError | undefined): Problem | undefined {
  if (!error) return undefined;
  const first = error.graphQLErrors[0];
  if (!first) return { kind: 'error', code: 'NETWORK', details: {} };
  const { code, details, ...rest } = first.extensions as { code?: unknown; details?: unknown };
  return { kind: 'error', code: typeof code === 'string' ? code : 'INTERNAL', details: { ...rest, ...asRecord(details) } };
}

const isRefusal = (value: unknown): value is Refusal => asRecord(value)['__typename'] === 'Refusal';

/** The Refusal among a mutation's top-level results, if one is there. */
export function refusalIn(data: unknown): Problem | undefined {
  const refusal = Object.values(asRecord(data)).find(isRefusal);
  return refusal && { kind: 'refusal', code: refusal.code, details: asRecord(refusal.details) };
}
