// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { usePaging } from './usePaging.ts';

describe('paging by cursor', () => {
  it('starts on the first page', () => {
    const paging = usePaging();
    expect([paging.after.value, paging.pageNumber.value, paging.hasPrevious.value]).toEqual([undefined, 1, false]);
  });
  it('goes forward by the cursor it is given and back by the ones it remembers', () => {
    const paging = usePaging();
    paging.next('a');
    paging.next('b');
    expect([paging.after.value, paging.pageNumber.value]).toEqual(['b', 3]);
    paging.previous();
    expect([paging.after.value, paging.pageNumber.value]).toEqual(['a', 2]);
    paging.previous();
    paging.previous();
    expect([paging.after.value, paging.pageNumber.value]).toEqual([undefined, 1]);
  });
  it('stays where it is without a cursor', () => {
    const paging = usePaging();
    paging.next(null);
    expect(paging.pageNumber.value).toBe(1);
  });
  it('begins anew when a filter changes', () => {
    const paging = usePaging();
    paging.next('a');
    paging.reset();
    expect(paging.hasPrevious.value).toBe(false);
  });
});
