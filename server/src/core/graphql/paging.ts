// Lists are read by cursor, never by offset: a page costs the same wherever it starts.
import { invalid } from '../errors/app-error.js';

export interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}
export interface Page<T> {
  items: T[];
  pageInfo: PageInfo;
}

/** A place in a list ordered by time and id, newest first. */
export interface TimeCursor {
  at: Date;
  id: string;
}

/** Year 10000: the database knows no later instant that a clock of ours could have told. */
const END_OF_TIME = Date.UTC(10_000, 0);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const encodeCursor = (at: Date, id: string): string => Buffer.from(`${at.getTime()}:${id}`).toString('base64url');

/** @throws INVALID naming `after` when it is not one of ours; undefined stays undefined. */
export function decodeCursor(after: string | null | undefined): TimeCursor | undefined {
  if (!after) return undefined;
  const [ms, id] = Buffer.from(after, 'base64url').toString('utf8').split(':');
  const at = new Date(Number(ms));
  if (!ms || !id || !UUID.test(id) || !(at.getTime() >= 0 && at.getTime() < END_OF_TIME))
    throw invalid('after', 'bad_cursor', 'after is not a cursor of this list. Pass pageInfo.endCursor of the page before, or leave it out.');
  return { at, id };
}

export const MAX_PAGE = 200;

/** @throws INVALID naming `first` outside 1..200. */
export function pageSize(first: number | null | undefined, fallback = 50): number {
  const size = first ?? fallback;
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) throw invalid('first', 'out_of_range', `first must be from 1 to ${MAX_PAGE}.`, { min: 1, max: MAX_PAGE });
  return size;
}

/** Cuts a page out of rows read with `limit size + 1`. */
export function page<T>(rows: T[], size: number, cursorOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return { items, pageInfo: { hasNextPage: rows.length > size, endCursor: last ? cursorOf(last) : null } };
}
