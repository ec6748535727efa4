import { refDebounced } from '@vueuse/core';
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue';
import { type ConversationFilter, ConversationsDocument, type ConversationsQuery } from '../../api/generated/graphql.ts';
import { type Paging, usePaging } from '../../composables/usePaging.ts';
import { usePolling } from '../../composables/usePolling.ts';
import { type Query, useQuery } from '../../composables/useQuery.ts';

const PAGE = 30;
const TYPING_MS = 300;
const FRESH_MS = 5_000;

export type Card = ConversationsQuery['conversations']['items'][number];

export interface Inbox {
  filter: Ref<ConversationFilter>;
  search: Ref<string>;
  isFiltered: ComputedRef<boolean>;
  query: Query<ConversationsQuery>;
  unread: ComputedRef<number>;
  paging: Paging;
}

/** The list of conversations under its filter, asked again every few seconds. */
export function useInbox(): Inbox {
  const filter = ref<ConversationFilter>('all');
  const search = ref('');
  const typed = refDebounced(search, TYPING_MS);
  const paging = usePaging();
  watch([filter, typed], paging.reset);
  const query = useQuery(ConversationsDocument, () => ({ filter: filter.value, search: typed.value.trim() || null, first: PAGE, after: paging.after.value ?? null }));
  usePolling(query.refetch, FRESH_MS, true);
  return {
    filter,
    search,
    isFiltered: computed(() => filter.value !== 'all' || typed.value.trim() !== ''),
    query,
    unread: computed(() => query.data.value?.unreadConversations ?? 0),
    paging,
  };
}
