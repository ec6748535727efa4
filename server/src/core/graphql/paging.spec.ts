import { expect, it } from 'vitest';
import { decodeCursor, encodeCursor, page, pageSize } from './paging.js';

const ID = '01a20f14-af40-70bc-8b7c-1228ca60605f';

it('reads back its own cursor and takes none for none', () => {
  const at = new Date('2026-11-24T10:00:00.123Z');
  expect(decodeCursor(encodeCursor(at, ID))).toEqual({ at, id: ID });
  expect([decodeCursor(undefined), decodeCursor(null), decodeCursor('')]).toEqual([undefined, undefined, undefined]);
});

it.each([
  ['nonsense', 'nonsense'],
  ['no id', Buffer.from('123').toString('base64url')],
  ['an id that is none', Buffer.from('123:x').toString('base64url')],
  ['no time', Buffer.from(`soon:${ID}`).toString('base64url')],
  ['a time before all clocks', Buffer.from(`-8640000000000000:${ID}`).toString('base64url')],
  ['a time after all calendars', Buffer.from(`8640000000000000:${ID}`).toString('base64url')],
])('names the field of a cursor with %s', (_what, cursor) => {
  expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ kind: 'invalid', details: expect.objectContaining({ field: 'after' }) }));
});

it('takes 1 to 200 at once', () => {
  expect([pageSize(1), pageSize(200), pageSize(null), pageSize(undefined, 7)]).toEqual([1, 200, 50, 7]);
  for (const size of [0, 201, -1, 1.5]) expect(() => pageSize(size)).toThrow(/first must be/);
});

it('knows whether there is more', () => {
  expect(page([1, 2, 3], 2, String)).toEqual({ items: [1, 2], pageInfo: { hasNextPage: true, endCursor: '2' } });
  expect(page([], 2, String)).toEqual({ items: [], pageInfo: { hasNextPage: false, endCursor: null } });
});
