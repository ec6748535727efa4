// The three kinds of reach as parts of a bar, the same words and colours everywhere.
import type { SplitPart } from '../ui/StatSplit.vue';

export interface Reach {
  now: number;
  afterPrompt: number;
  unreachable: number;
}

export function reachParts(reach: Reach, t: (key: string) => string): SplitPart[] {
  return [
    { key: 'now', label: t('shell.reach.now'), count: reach.now, tone: 'good' },
    { key: 'afterPrompt', label: t('shell.reach.afterPrompt'), count: reach.afterPrompt, tone: 'brand' },
    { key: 'unreachable', label: t('shell.reach.unreachable'), count: reach.unreachable, tone: 'mute' },
  ];
}
