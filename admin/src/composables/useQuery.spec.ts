import { describe, expect, it } from 'vitest';
import { ref } from 'vue';
import { ChannelDocument } from '../api/generated/graphql.ts';
import { withApi } from '../testing/with-api.ts';
import { useQuery } from './useQuery.ts';

const answer = ({ variables }: { variables: Record<string, unknown> }) => ({ data: { channel: { __typename: 'Channel', id: variables['id'] } } });

describe('a query', () => {
  it('is loading until the answer is there', async () => {
    const { state, settle } = withApi(() => useQuery(ChannelDocument, { id: 'a' }), answer);
    expect(state.isLoading.value).toBe(true);
    await settle();
    expect([state.isLoading.value, state.data.value?.channel.id]).toEqual([false, 'a']);
  });
  it('follows its variables', async () => {
    const id = ref('a');
    const { state, settle, calls } = withApi(() => useQuery(ChannelDocument, () => ({ id: id.value })), answer);
    await settle();
    id.value = 'b';
    await settle();
    expect([state.data.value?.channel.id, calls.length]).toEqual(['b', 2]);
  });
  it('asks nothing while it is paused', async () => {
    const isPaused = ref(true);
    const { state, settle, calls } = withApi(() => useQuery(ChannelDocument, { id: 'a' }, { pause: isPaused }), answer);
    await settle();
    expect(calls).toEqual([]);
    isPaused.value = false;
    await settle();
    expect(state.data.value?.channel.id).toBe('a');
  });
  it('keeps a problem as data and asks again on request', async () => {
    let isThere = false;
    const { state, settle } = withApi(
      () => useQuery(ChannelDocument, { id: 'a' }),
      (call) => (isThere ? answer(call) : { errors: [{ message: 'no', extensions: { code: 'NOT_FOUND', what: 'channel' } }] }),
    );
    await settle();
    expect(state.problem.value).toEqual({ kind: 'error', code: 'NOT_FOUND', details: { what: 'channel' } });
    isThere = true;
    state.refetch();
    await settle();
    expect([state.problem.value, state.data.value?.channel.id]).toEqual([undefined, 'a']);
  });
});
