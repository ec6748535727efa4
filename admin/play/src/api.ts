// One GraphQL call over fetch. Lost connections and busy servers are tried again: every call here may run twice.

/** `offline`: no answer came; otherwise the server's error code. */
export class ApiError extends Error {
  readonly code: string;
  constructor(code: string, message = code) {
    super(message);
    this.code = code;
  }
}

export interface CallOptions {
  token?: string | undefined;
  /** Waits before each further try, in ms. */
  waits?: readonly number[];
  keepalive?: boolean;
}

const TIMEOUT_MS = 15_000;
const WAITS = [500, 1500, 3000];
const PASSING = new Set(['offline', 'BUSY', 'THROTTLED', 'UPSTREAM', 'INTERNAL']);

/** The value of the one root field. @throws ApiError */
export async function call<T>(query: string, variables: Record<string, unknown> = {}, options: CallOptions = {}): Promise<T> {
  const waits = options.waits ?? WAITS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once<T>(query, variables, options);
    } catch (error) {
      const wait = waits[attempt];
      if (wait === undefined || !(error instanceof ApiError) || !PASSING.has(error.code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

async function once<T>(query: string, variables: Record<string, unknown>, options: CallOptions): Promise<T> {
  const answer = await post(JSON.stringify({ query, variables }), options);
  const failure = answer.errors?.[0];
  if (failure) throw new ApiError(failure.extensions?.code ?? 'INTERNAL', failure.message);
  if (!answer.data) throw new ApiError('INTERNAL');
  return Object.values(answer.data)[0] as T;
}

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** An answer that is not JSON comes from something between us and the server: as good as none. */
async function post(body: string, { token, keepalive }: CallOptions): Promise<Answer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-huiliu-csrf': '1', ...(token && { authorization: `Bearer ${token}` }) },
      body,
      credentials: 'omit', // a merchant's own session must not answer for the customer
      signal: abort.signal,
      keepalive: keepalive ?? false,
    });
    return (await response.json()) as Answer;
  } catch {
    throw new ApiError('offline');
  } finally {
    clearTimeout(timer);
  }
}
