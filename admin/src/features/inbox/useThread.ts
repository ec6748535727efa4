import { computed, type ComputedRef, type Ref, ref, watch } from 'vue';
import { AssignConversationDocument, ConversationDocument, type ConversationQuery, MarkConversationReadDocument, ReplyToConversationDocument } from '../../api/generated/graphql.ts';
import type { Problem } from '../../api/problem.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { usePolling } from '../../composables/usePolling.ts';
import { type Query, useQuery } from '../../composables/useQuery.ts';

const FIRST = 50;
const MORE = 50;
const MOST = 200; // what the API gives at once; older lines stand in the customer's profile
const FRESH_MS = 4_000;

export type Conversation = ConversationQuery['conversation'];
export type Line = Conversation['messages']['items'][number];

export interface Thread {
  query: Query<ConversationQuery>;
  conversation: ComputedRef<Conversation | undefined>;
  /** Oldest first, as one reads. */
  lines: ComputedRef<Line[]>;
  hasOlder: ComputedRef<boolean>;
  showOlder: () => void;
  draft: Ref<string>;
  isSending: Ref<boolean>;
  problem: Ref<Problem | undefined>;
  /** True when it was sent. */
  send: () => Promise<boolean>;
  assign: (staffId: string | null) => Promise<void>;
}

/** A key of one text: the same text tried again after a broken answer is not sent twice. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** One conversation: read, answered, kept fresh. `canReply`: only those who may answer mark it as read. */
export function useThread(id: string, canReply: boolean): Thread {
  const first = ref(FIRST);
  const query = useQuery(ConversationDocument, () => ({ id, first: first.value }));
  usePolling(query.refetch, FRESH_MS, true);
  const conversation = computed(() => query.data.value?.conversation);
  const [reply, reading, assigning] = [useMutation(ReplyToConversationDocument), useMutation(MarkConversationReadDocument), useMutation(AssignConversationDocument)];
  const draft = ref('');
  let key = newKey();
  // At once: a text sent in the same turn it was typed must not go under the key of the one before.
  watch(draft, () => {
    key = newKey();
  }, { flush: 'sync' });
  watch(() => conversation.value?.unread ?? 0, (unread) => {
    if (unread > 0 && canReply && !document.hidden) void reading.run({ id }).then(query.refetch);
  }, { immediate: true });

  async function send(): Promise<boolean> {
    const text = draft.value.trim();
    if (text === '' || reply.isBusy.value) return false;
    const sent = await reply.run({ id, text, clientKey: key });
    // A refusal is final for its key; a broken answer is not, and keeps it.
    if (reply.problem.value?.kind === 'refusal') key = newKey();
    if (sent && draft.value.trim() === text) draft.value = '';
    query.refetch();
    return sent !== undefined;
  }

  return {
    query,
    conversation,
    lines: computed(() => (conversation.value?.messages.items ?? []).toReversed()),
    hasOlder: computed(() => conversation.value?.messages.pageInfo.hasNextPage === true && first.value < MOST),
    showOlder: () => {
      first.value = Math.min(MOST, first.value + MORE);
    },
    draft,
    isSending: reply.isBusy,
    problem: reply.problem,
    send,
    assign: async (staffId) => {
      await assigning.run({ id, staffId });
      query.refetch();
    },
  };
}
