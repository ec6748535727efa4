// One DataLoader per request and question: nested fields ask once for all rows of a page.
import DataLoader from 'dataloader';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface GraphContext {
  request: FastifyRequest;
  reply: FastifyReply;
  loaders: Map<string, unknown>;
}

/**
 * The request's loader for one question.
 * @param batch answers in the order of the keys; a missing row is undefined.
 */
export function loader<K, V>(context: GraphContext, question: string, batch: (keys: readonly K[]) => Promise<V[]>): DataLoader<K, V> {
  const known = context.loaders.get(question) as DataLoader<K, V> | undefined;
  if (known) return known;
  const made = new DataLoader<K, V>(batch);
  context.loaders.set(question, made);
  return made;
}

/** Puts rows into the order of the keys. */
export function inOrder<K, R, V>(keys: readonly K[], rows: readonly R[], keyOf: (row: R) => K, valueOf: (row: R | undefined) => V): V[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => valueOf(byKey.get(key)));
}

/** Groups rows under their keys, in the order of the keys. */
export function grouped<K, R>(keys: readonly K[], rows: readonly R[], keyOf: (row: R) => K): R[][] {
  const groups = Map.groupBy(rows, keyOf);
  return keys.map((key) => groups.get(key) ?? []);
}
