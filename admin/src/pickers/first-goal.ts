// What the merchant wanted first, as told at sign-up: kept in this browser, it chooses where the first campaign starts.

/** Goals one may name at sign-up (locales: staff.goals); each is a campaign goal too. */
export const FIRST_GOALS = ['wake_sleepers', 'new_to_member', 'before_expiry'] as const;
export type FirstGoal = (typeof FIRST_GOALS)[number];
const KEY = 'huiliu.goal';

export function rememberGoal(goal: string): void {
  if (FIRST_GOALS.some((known) => known === goal)) localStorage.setItem(KEY, goal);
}

/** The page of a new campaign, with the goal that was named. */
export function newCampaignPage(): { path: string; query: Record<string, string> } {
  const goal = FIRST_GOALS.find((known) => known === localStorage.getItem(KEY));
  return { path: '/campaigns/new', query: goal ? { goal } : {} };
}
