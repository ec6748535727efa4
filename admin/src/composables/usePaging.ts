import { computed, type ComputedRef, ref, type Ref } from 'vue';

export interface Paging {
  /** Pass as `after`; undefined on the first page. */
  after: ComputedRef<string | undefined>;
  /** Counts from 1. */
  pageNumber: ComputedRef<number>;
  hasPrevious: ComputedRef<boolean>;
  next: (endCursor: string | null | undefined) => void;
  previous: () => void;
  /** Back to the first page: call when a filter changes. */
  reset: () => void;
}

/** Pages by cursor: remembers the cursors behind us, since the API only reads forward. */
export function usePaging(): Paging {
  const cursors: Ref<string[]> = ref([]);
  return {
    after: computed(() => cursors.value.at(-1)),
    pageNumber: computed(() => cursors.value.length + 1),
    hasPrevious: computed(() => cursors.value.length > 0),
    next: (endCursor) => {
      if (endCursor) cursors.value = [...cursors.value, endCursor];
    },
    previous: () => {
      cursors.value = cursors.value.slice(0, -1);
    },
    reset: () => {
      cursors.value = [];
    },
  };
}
