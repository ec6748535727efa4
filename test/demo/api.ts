// The product's public GraphQL, as a browser or a customer's phone speaks it.

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[];
}

/** A cookie jar of one, or a customer's token. Answers are kept alive between calls by the runtime. */
export class Api {
  private readonly url: string;
  private readonly token: string | undefined;
  private cookie: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url;
    this.token = token;
  }

  /** All root fields of the answer. @throws Error with the code and the place when the answer holds errors */
  async all<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'x-huiliu-csrf': '1' };
    if (this.token) headers['authorization'] = `Bearer ${this.token}`;
    if (this.cookie) headers['cookie'] = this.cookie;
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const set = response.headers.getSetCookie()[0];
    if (set) this.cookie = set.split(';')[0];
    const text = await response.text();
    if (!text.startsWith('{')) throw new Error(`GraphQL answered ${response.status}: ${text.slice(0, 200)}`);
    const { data, errors } = JSON.parse(text) as Answer;
    if (errors?.length) throw new Error(errors.map((e) => `${e.path?.join('.') ?? 'GraphQL'}: ${e.extensions?.code ?? ''} ${e.message}`).join('; '));
    return data as T;
  }

  /** The one root field. A refusal is an answer, not an error: see `accepted`. */
  async one<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    return Object.values(await this.all<Record<string, T>>(query, variables))[0]!;
  }

  /** The one root field, which may be refused by its own rules. @throws Error naming the refusal */
  async accepted<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const answer = await this.one<T & { __typename?: string; code?: string; details?: unknown }>(query, variables);
    if (answer.__typename === 'Refusal') throw new Error(`refused: ${answer.code} ${JSON.stringify(answer.details ?? {})}`);
    return answer;
  }
}

/** Runs `work` over all items, at most `width` at a time, in their order. The first failure ends it. */
export async function atOnce<T>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await work(items[index]!, index);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane)).catch((error: unknown) => {
    next = items.length;
    throw error;
  });
}

/** Asks until `isThere`, or gives the last answer after `seconds`: the check that follows then names what is off. */
export async function settled<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean, seconds: number): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
