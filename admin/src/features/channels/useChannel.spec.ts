import { describe, expect, it } from 'vitest';
import { withApi } from '../../testing/with-api.ts';
import { useChannel } from './useChannel.ts';

const channel = (callback: string) => ({ __typename: 'Channel', id: 'c', checks: ['credentials', 'templates', 'callback'].map((step) => ({ step, state: step === 'callback' ? callback : 'ok' })) });

describe('a channel being connected', () => {
  it('is complete when all three steps passed', async () => {
    let callback = 'waiting';
    const { state, settle } = withApi(() => useChannel('c'), () => ({ data: { channel: channel(callback) } }));
    await settle();
    expect(state.isComplete.value).toBe(false);
    callback = 'ok';
    state.query.refetch();
    await settle();
    expect(state.isComplete.value).toBe(true);
  });
  it('checks against the platform on request and tells what stopped it', async () => {
    const { state, settle, calls } = withApi(
      () => useChannel('c'),
      ({ query }) => (query.includes('mutation') ? { errors: [{ message: 'no', extensions: { code: 'UPSTREAM' } }] } : { data: { channel: channel('waiting') } }),
    );
    await settle();
    await state.check();
    expect(calls.at(-1)?.variables).toEqual({ id: 'c' });
    expect(state.checkProblem.value?.code).toBe('UPSTREAM');
  });
});
