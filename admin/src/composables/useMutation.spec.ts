import { describe, expect, it } from 'vitest';
import { SignInDocument } from '../api/generated/graphql.ts';
import { withApi } from '../testing/with-api.ts';
import { useMutation } from './useMutation.ts';

const signIn = { email: 'a@b.cn', password: 'secret-enough' };

describe('a mutation', () => {
  it('sends its variables and gives the result', async () => {
    const { state, calls } = withApi(() => useMutation(SignInDocument), () => ({ data: { signIn: { __typename: 'Me', accountId: '1' } } }));
    const running = state.run(signIn);
    expect(state.isBusy.value).toBe(true);
    expect((await running)?.signIn.accountId).toBe('1');
    expect(state.isBusy.value).toBe(false);
    expect(calls.map((call) => call.variables)).toEqual([signIn]);
  });
  it('turns a refusal into a problem and gives no result', async () => {
    const { state } = withApi(() => useMutation(SignInDocument), () => ({ data: { signIn: { __typename: 'Refusal', code: 'wrong_credentials', details: { left: 3 } } } }));
    expect(await state.run(signIn)).toBeUndefined();
    expect(state.problem.value).toEqual({ kind: 'refusal', code: 'wrong_credentials', details: { left: 3 } });
  });
  it('forgets the last problem when it runs again', async () => {
    let isDown = true;
    const { state } = withApi(
      () => useMutation(SignInDocument),
      () => {
        if (isDown) throw new TypeError('offline');
        return { data: { signIn: { __typename: 'Me', accountId: '1' } } };
      },
    );
    expect(await state.run(signIn)).toBeUndefined();
    expect(state.problem.value?.code).toBe('NETWORK');
    isDown = false;
    await state.run(signIn);
    expect(state.problem.value).toBeUndefined();
  });
});
