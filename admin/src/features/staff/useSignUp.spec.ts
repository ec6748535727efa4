import { beforeEach, describe, expect, it } from 'vitest';
import { newCampaignPage } from '../../pickers/first-goal.ts';
import { withApi } from '../../testing/with-api.ts';
import { useSignUp } from './useSignUp.ts';

const accepted = () => ({ data: { signUp: { __typename: 'Me', accountId: '1' } } });
const account = { tenantName: ' 山野茶集 ', name: '小满', email: ' a@b.cn ', password: ' keeps its spaces ' };

describe('the three questions', () => {
  beforeEach(() => localStorage.clear());

  it('go on with each answer and may be skipped', () => {
    const { state } = withApi(useSignUp, accepted);
    state.choose('trade', 'tea');
    expect([state.step.value, state.isLast.value]).toEqual([1, false]);
    state.skip();
    expect([state.step.value, state.isLast.value]).toEqual([2, true]);
    state.back();
    expect(state.step.value).toBe(1);
  });
  it('end in an account, with the password as it was typed', async () => {
    const { state, calls } = withApi(useSignUp, accepted);
    state.choose('trade', 'tea');
    state.choose('goal', 'wake_sleepers');
    Object.assign(state.form, account);
    expect(await state.submit()).toBe(true);
    expect(calls[0]?.variables).toEqual({ input: { tenantName: '山野茶集', name: '小满', email: 'a@b.cn', password: ' keeps its spaces ', trade: 'tea' } });
    expect(newCampaignPage().query).toEqual({ goal: 'wake_sleepers' });
  });
  it('say why when the account is refused, and keep no goal', async () => {
    const { state } = withApi(useSignUp, () => ({ data: { signUp: { __typename: 'Refusal', code: 'email_taken', details: null } } }));
    Object.assign(state.form, account, { goal: 'wake_sleepers' });
    expect(await state.submit()).toBe(false);
    expect([state.problem.value?.code, newCampaignPage().query]).toEqual(['email_taken', {}]);
  });
});
