// A normal day's no, as a value.

export interface Refusal {
  __typename: 'Refusal';
  code: string;
  details?: Record<string, unknown>;
}

/** @param code snake_case; the console has a sentence for each (locales: refusals.<code>). */
export const refusal = (code: string, details?: Record<string, unknown>): Refusal => ({ __typename: 'Refusal', code, details });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && '__typename' in value && value.__typename === 'Refusal';

export const done = { __typename: 'Done' as const, ok: true };
