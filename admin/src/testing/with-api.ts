// For specs: runs a composable inside an app whose API answers from a function, through the real client.
import urql, { Client, type Exchange, fetchExchange } from '@urql/vue';
import { createApp, defineComponent, h } from 'vue';

export interface Call {
  query: string;
  variables: Record<string, unknown>;
}
export type Answer = { data?: unknown; errors?: { message: string; extensions?: Record<string, unknown> }[] };

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * @param answer what the API says to a call; a thrown error is a broken network.
 * @returns what the composable returned, the calls that went out, and a way to wait until answers have arrived.
 */
export function withApi<State>(use: () => State, answer: (call: Call) => Answer, exchanges: Exchange[] = []): { state: State; calls: Call[]; settle: () => Promise<void>; stop: () => void } {
  const calls: Call[] = [];
  const client = new Client({
    url: 'http://api.test/graphql',
    preferGetMethod: false,
    exchanges: [...exchanges, fetchExchange],
    fetch: async (_url, init) => {
      const call = JSON.parse(String(init?.body)) as Call;
      calls.push(call);
      return new Response(JSON.stringify(answer(call)), { headers: { 'content-type': 'application/json' } });
    },
  });
  let state: State | undefined;
  const app = createApp(
    defineComponent(() => {
      state = use();
      return () => h('i');
    }),
  );
  app.use(urql, client).mount(document.createElement('div'));
  return {
    state: state as State,
    calls,
    settle: async () => {
      for (let turn = 0; turn < 5; turn += 1) await settled();
    },
    stop: () => app.unmount(),
  };
}
