import { type AnyVariables, useClientHandle } from '@urql/vue';
import { ref, type Ref } from 'vue';
import { type Operation, operationText } from '../api/document.ts';
import { type Accepted, type Problem, problemOf, refusalIn } from '../api/problem.ts';

export interface Mutation<Result, Variables> {
  /** The result without refusals, or undefined: then `problem` says why. */
  run: (variables: Variables) => Promise<Accepted<Result> | undefined>;
  isBusy: Ref<boolean>;
  problem: Ref<Problem | undefined>;
}

/** Sends a mutation; errors and refusals both end in `problem`, and the next run clears it. */
export function useMutation<Result, Variables extends AnyVariables>(operation: Operation<Result, Variables>): Mutation<Result, Variables> {
  const { client } = useClientHandle();
  const isBusy = ref(false);
  const problem = ref<Problem>();

  async function run(variables: Variables): Promise<Accepted<Result> | undefined> {
    isBusy.value = true;
    problem.value = undefined;
    try {
      const { data, error } = await client.mutation<Result, Variables>(operationText(operation), variables).toPromise();
      problem.value = problemOf(error) ?? refusalIn(data);
      return problem.value ? undefined : (data as Accepted<Result>);
    } finally {
      isBusy.value = false;
    }
  }
  return { run, isBusy, problem };
}
