// The one GraphQL client: same origin, session cookie, and the header that a foreign page cannot send.
import { cacheExchange, Client, fetchExchange, mapExchange } from '@urql/vue';
import { problemOf } from './problem.ts';

/** @param onSignedOut called when the API no longer knows the session. */
export function createApi(onSignedOut: () => void): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin', headers: { 'x-huiliu-csrf': '1' } },
    requestPolicy: 'cache-and-network',
    exchanges: [
      mapExchange({
        onError(error) {
          if (problemOf(error)?.code === 'UNAUTHENTICATED') onSignedOut();
        },
      }),
      cacheExchange,
      fetchExchange,
    ],
  });
}
