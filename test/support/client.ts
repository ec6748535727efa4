// A caller of the public API: a browser with a cookie, an integrator with a key, or a customer with a play token.
import supertest from 'supertest';

export interface GraphError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; field?: string; problem?: string; [more: string]: unknown };
}
export interface GraphAnswer<T> {
  data: T | null;
  errors?: GraphError[];
}

/** Thrown by `ask` when the answer holds errors. */
export class GraphFailure extends Error {
  readonly errors: GraphError[];
  constructor(errors: GraphError[]) {
    super(errors.map((e) => `${e.extensions.code}: ${e.message}`).join('; '));
    this.errors = errors;
  }
}

export class Client {
  private readonly agent: ReturnType<typeof supertest.agent>;
  private readonly token: string | undefined;

  constructor(url: string, token?: string) {
    this.agent = supertest.agent(url);
    this.token = token;
  }

  /** The whole answer, errors and all. */
  async raw<T = Record<string, never>>(query: string, variables: Record<string, unknown> = {}): Promise<GraphAnswer<T>> {
    const request = this.agent.post('/graphql').set('x-huiliu-csrf', '1');
    if (this.token) request.set('authorization', `Bearer ${this.token}`);
    const answer = await request.send({ query, variables });
    if (typeof answer.body !== 'object' || !('data' in answer.body || 'errors' in answer.body)) throw new Error(`${answer.status}: ${answer.text.slice(0, 300)}`);
    return answer.body as GraphAnswer<T>;
  }

  /** The data. @throws GraphFailure */
  async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const answer = await this.raw<T>(query, variables);
    if (answer.errors?.length) throw new GraphFailure(answer.errors);
    return answer.data!;
  }

  /** The one root field of the operation. */
  async one<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    return Object.values((await this.ask<Record<string, T>>(query, variables)) as object)[0] as T;
  }
}

/** Asks again until `isTrue`, at most `seconds`. The last answer is in the failure. */
export async function eventually<T>(ask: () => Promise<T>, isTrue: (answer: T) => boolean, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isTrue(answer)) return answer;
    if (Date.now() > end) throw new Error(`still not after ${seconds} s: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
