import { type AnyVariables, useClientHandle } from '@urql/vue';
import { type Operation, operationText } from '../api/document.ts';
import { type Problem, problemOf } from '../api/problem.ts';

/** A problem that travels as an exception, for code that has a next step only when the answer came. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** A question asked on demand, past the cache (a code at the till, a count while editing). Throws ProblemError. */
export function useAsk<Result, Variables extends AnyVariables>(operation: Operation<Result, Variables>): (variables: Variables) => Promise<Result> {
  const { client } = useClientHandle();
  return async (variables) => {
    const { data, error } = await client.query<Result, Variables>(operationText(operation), variables, { requestPolicy: 'network-only' }).toPromise();
    const problem = problemOf(error);
    if (problem || data === undefined) throw new ProblemError(problem ?? { kind: 'error', code: 'NETWORK', details: {} });
    return data;
  };
}
