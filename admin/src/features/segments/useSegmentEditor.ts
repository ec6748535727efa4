// The segment builder: the tree being edited, what it means in words, how many people it means, and the save.
import { describeSegment, type SegmentNames, type SegmentRule } from '@huiliu/shared';
import { computed, ref, type Ref } from 'vue';
import { judgeTree, toTree, type Group } from './rule-tree.ts';

/** State of one edited rule. `names` and `locale` are only for the read-back sentence. */
export function useSegmentEditor(names: Readonly<Ref<SegmentNames>>, locale: Readonly<Ref<string>>) {
  const name = ref('');
  const isNamed = ref(false);
  const tree = ref<Group>(toTree({ version: 1, root: { and: [] } }));
  const tried = ref(false);
  const state = computed(() => judgeTree(tree.value));
  const rule = computed(() => state.value.rule);
  const sentence = computed(() => rule.value && describeSegment(rule.value, names.value, locale.value === 'en' ? 'en' : 'zh'));
  const nameProblem = computed((): 'missing' | 'long' | undefined => {
    const letters = [...name.value.trim()].length;
    if (letters > 40) return 'long';
    return tried.value && letters === 0 ? 'missing' : undefined;
  });
  /** What keeps the rule from being saved; counted, not listed: the rows show where. */
  const openRows = computed(() => state.value.problems.length);

  /** Loads a stored rule or a preset. A name the merchant typed is kept. */
  function load(stored: SegmentRule, storedName?: string): void {
    tree.value = toTree(stored);
    if (storedName !== undefined && !isNamed.value) name.value = storedName;
  }
  function rename(value: string): void {
    isNamed.value = true;
    name.value = value;
  }
  /** What to save, or undefined with the problems shown. */
  function submit(): { name: string; rule: SegmentRule } | undefined {
    tried.value = true;
    if (name.value.trim() === '' || nameProblem.value || !rule.value) return undefined;
    return { name: name.value.trim(), rule: rule.value };
  }
  return { name, tree, tried, rule, sentence, nameProblem, openRows, load, rename, submit };
}
