// What a campaign is for. The goal chooses people, words and rules, so that a merchant who changes nothing may launch.
import type { PresetKey } from '../../pickers/segment-presets.ts';

export interface Goal {
  /** Locales: campaigns.goals.<key>.* */
  key: string;
  preset: PresetKey;
  /** Days after which a message of this goal is useless; null: no end. */
  usefulDays: number | null;
  holdoutPercent: number;
}

export const GOALS: readonly Goal[] = [
  { key: 'wake_sleepers', preset: 'sleepers30', usefulDays: null, holdoutPercent: 5 },
  { key: 'before_expiry', preset: 'couponExpiring', usefulDays: 3, holdoutPercent: 5 },
  { key: 'new_to_member', preset: 'newcomers', usefulDays: 7, holdoutPercent: 5 },
  { key: 'launch', preset: 'everyone', usefulDays: 7, holdoutPercent: 5 },
  { key: 'custom', preset: 'everyone', usefulDays: null, holdoutPercent: 5 },
];

export function goalOf(key: string): Goal {
  const found = GOALS.find((goal) => goal.key === key) ?? GOALS.at(-1);
  if (!found) throw new Error('there is always a custom goal');
  return found;
}
