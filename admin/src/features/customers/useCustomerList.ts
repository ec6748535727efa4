import { refDebounced } from '@vueuse/core';
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue';
import { CustomerCountDocument, CustomersDocument, type CustomersQuery } from '../../api/generated/graphql.ts';
import { type Paging, usePaging } from '../../composables/usePaging.ts';
import { type Query, useQuery } from '../../composables/useQuery.ts';

const PAGE = 30;
const TYPING_MS = 300;

export interface CustomerList {
  search: Ref<string>;
  tagId: Ref<string | undefined>;
  source: Ref<string | undefined>;
  isFiltered: ComputedRef<boolean>;
  query: Query<CustomersQuery>;
  count: ComputedRef<number | undefined>;
  paging: Paging;
  clear: () => void;
}

/** The list under its filters; a changed filter starts again at the first page. */
export function useCustomerList(): CustomerList {
  const search = ref('');
  const typed = refDebounced(search, TYPING_MS);
  const tagId = ref<string>();
  const source = ref<string>();
  const paging = usePaging();
  const filter = computed(() => ({ search: typed.value.trim() || null, tagId: tagId.value || null, source: source.value || null }));
  watch(filter, paging.reset);
  const query = useQuery(CustomersDocument, () => ({ filter: filter.value, first: PAGE, after: paging.after.value ?? null }));
  const counting = useQuery(CustomerCountDocument, () => ({ filter: filter.value }));
  return {
    search,
    tagId,
    source,
    isFiltered: computed(() => Object.values(filter.value).some((value) => value !== null)),
    query,
    count: computed(() => counting.data.value?.customerCount),
    paging,
    clear: () => {
      search.value = '';
      tagId.value = undefined;
      source.value = undefined;
    },
  };
}
