import { computed, type ComputedRef, type Ref } from 'vue';
import { type ChannelDetailFragment, ChannelDocument, CheckChannelDocument } from '../../api/generated/graphql.ts';
import type { Problem } from '../../api/problem.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { type Query, useQuery } from '../../composables/useQuery.ts';

export interface ChannelState {
  query: Query<{ channel: ChannelDetailFragment }>;
  channel: ComputedRef<ChannelDetailFragment | undefined>;
  /** Every step stands: nothing is left to wait for. */
  isComplete: ComputedRef<boolean>;
  /** Tries each step against the platform now. */
  check: () => Promise<void>;
  isChecking: Ref<boolean>;
  checkProblem: Ref<Problem | undefined>;
}

/** One channel with its live checks. */
export function useChannel(id: string): ChannelState {
  const query = useQuery(ChannelDocument, { id });
  const checking = useMutation(CheckChannelDocument);
  const channel = computed(() => query.data.value?.channel);
  return {
    query,
    channel,
    isComplete: computed(() => channel.value?.checks.every((check) => check.state === 'ok') ?? false),
    check: async () => {
      // The answer has the channel's type, so the query above follows by itself.
      await checking.run({ id });
    },
    isChecking: checking.isBusy,
    checkProblem: checking.problem,
  };
}
