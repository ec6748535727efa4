import { beforeEach, describe, expect, it } from 'vitest';
import { newCampaignPage, rememberGoal } from './first-goal.ts';

describe('the goal named at sign-up', () => {
  beforeEach(() => localStorage.clear());

  it('opens the first campaign', () => {
    rememberGoal('wake_sleepers');
    expect(newCampaignPage()).toEqual({ path: '/campaigns/new', query: { goal: 'wake_sleepers' } });
  });
  it('is none when it was skipped or is unknown', () => {
    expect(newCampaignPage().query).toEqual({});
    rememberGoal('rule_the_world');
    expect(newCampaignPage().query).toEqual({});
  });
});
