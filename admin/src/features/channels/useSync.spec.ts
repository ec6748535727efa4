import { ref } from 'vue';
import { describe, expect, it } from 'vitest';
import { StartFollowerSyncDocument, StopFollowerSyncDocument } from '../../api/generated/graphql.ts';
import { withApi } from '../../testing/with-api.ts';
import { useSync } from './useSync.ts';

function reading(answer: object) {
  const state = ref('done');
  let asked = 0;
  const api = withApi(
    () => useSync({ channelId: () => 'c1', state: () => state.value, refetch: () => (asked += 1), start: StartFollowerSyncDocument, stop: StopFollowerSyncDocument }),
    () => ({ data: answer }),
  );
  return { ...api, followed: state, asked: () => asked };
}

describe('the reading of a list', () => {
  it('asks anew once it was begun, for the channel of the page', async () => {
    const { state, calls, asked, followed } = reading({ startFollowerSync: { __typename: 'FollowerSync', id: 's' } });
    await state.start();
    expect(calls.at(-1)?.variables).toEqual({ channelId: 'c1' });
    expect(asked()).toBe(1);
    expect(state.isRunning.value).toBe(false);
    followed.value = 'running';
    expect(state.isRunning.value).toBe(true);
  });
  it('says why it was refused, and asks nothing anew', async () => {
    const { state, asked } = reading({ startFollowerSync: { __typename: 'Refusal', code: 'sync_running', details: {} } });
    await state.start();
    expect(state.problem.value?.code).toBe('sync_running');
    expect(asked()).toBe(0);
  });
});
