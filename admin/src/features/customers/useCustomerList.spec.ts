import { describe, expect, it } from 'vitest';
import { withApi } from '../../testing/with-api.ts';
import { useCustomerList } from './useCustomerList.ts';

const answer = ({ query }: { query: string }) =>
  query.includes('customerCount') ? { data: { customerCount: 7 } } : { data: { customers: { items: [], pageInfo: { hasNextPage: true, endCursor: 'next' } } } };
const typing = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 350));

describe('the list of customers', () => {
  it('shows all of them at first', async () => {
    const { state, settle, calls } = withApi(useCustomerList, answer);
    await settle();
    expect([state.count.value, state.isFiltered.value]).toEqual([7, false]);
    expect(calls.find((call) => call.query.includes('customers('))?.variables).toEqual({ filter: { search: null, tagId: null, source: null }, first: 30, after: null });
  });
  it('goes back to the first page when a filter changes', async () => {
    const { state, settle, calls } = withApi(useCustomerList, answer);
    await settle();
    state.paging.next('next');
    await settle();
    expect(calls.at(-1)?.variables['after']).toBe('next');
    state.tagId.value = 'tag';
    await settle();
    expect(calls.filter((call) => call.query.includes('customers(')).at(-1)?.variables).toEqual({ filter: { search: null, tagId: 'tag', source: null }, first: 30, after: null });
  });
  it('asks once when typing has stopped', async () => {
    const { state, settle, calls } = withApi(useCustomerList, answer);
    await settle();
    const before = calls.length;
    for (const text of ['林', '林晓', ' 林晓 ']) state.search.value = text;
    await typing();
    await settle();
    const asked = calls.slice(before).filter((call) => call.query.includes('customers('));
    expect(asked.map((call) => call.variables['filter'])).toEqual([{ search: '林晓', tagId: null, source: null }]);
    state.clear();
    expect([state.search.value, state.tagId.value]).toEqual(['', undefined]);
  });
});
