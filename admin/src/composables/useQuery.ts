import { type AnyVariables, useQuery as useUrqlQuery } from '@urql/vue';
import { computed, type ComputedRef, type MaybeRefOrGetter, type Ref, toValue } from 'vue';
import { type Operation, operationText } from '../api/document.ts';
import { type Problem, problemOf } from '../api/problem.ts';

export interface Query<Result> {
  /** The latest answer; kept while a newer one is on its way. */
  data: Ref<Result | undefined>;
  problem: ComputedRef<Problem | undefined>;
  /** True until the first answer or error is there. */
  isLoading: ComputedRef<boolean>;
  isFetching: Ref<boolean>;
  /** Asks the API again, past the cache. */
  refetch: () => void;
}

/** Sends a query and follows its variables; while `pause` holds, nothing is asked. */
export function useQuery<Result, Variables extends AnyVariables>(
  operation: Operation<Result, Variables>,
  variables?: MaybeRefOrGetter<Variables>,
  options: { pause?: MaybeRefOrGetter<boolean> } = {},
): Query<Result> {
  const query = useUrqlQuery<Result, Variables>({
    query: operationText(operation),
    variables: computed(() => toValue(variables) ?? ({} as Variables)) as unknown as Variables,
    pause: computed(() => toValue(options.pause) ?? false),
  });
  const problem = computed(() => problemOf(query.error.value));
  return {
    data: query.data,
    problem,
    isLoading: computed(() => query.data.value === undefined && problem.value === undefined),
    isFetching: query.fetching,
    refetch: () => void query.executeQuery({ requestPolicy: 'network-only' }),
  };
}
