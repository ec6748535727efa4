// Counts a rule while it is being edited: waits for a pause in typing, and never shows the answer to an older question.
import { ref, shallowRef, watch, type Ref } from 'vue';
import type { SegmentRule } from '@huiliu/shared';

/** `rule` undefined: not complete yet, nothing is asked. `count` is what was last known, `isStale` that a newer one is on its way. */
export function useLiveCount<C>(rule: Readonly<Ref<SegmentRule | undefined>>, ask: (rule: SegmentRule) => Promise<C>, delayMs = 350) {
  const count = shallowRef<C>();
  const error = shallowRef<unknown>();
  const isStale = ref(false);
  let turn = 0;

  watch(
    () => (rule.value ? JSON.stringify(rule.value) : undefined),
    (text, _before, onCleanup) => {
      const mine = ++turn;
      error.value = undefined;
      isStale.value = text !== undefined;
      if (text === undefined) return;
      const timer = setTimeout(() => void run(JSON.parse(text) as SegmentRule, mine), count.value === undefined ? 0 : delayMs);
      onCleanup(() => clearTimeout(timer));
    },
    { immediate: true },
  );

  async function run(asked: SegmentRule, mine: number): Promise<void> {
    try {
      const answer = await ask(asked);
      if (mine === turn) count.value = answer;
    } catch (problem) {
      if (mine === turn) error.value = problem;
    } finally {
      if (mine === turn) isStale.value = false;
    }
  }

  return { count, error, isStale };
}
