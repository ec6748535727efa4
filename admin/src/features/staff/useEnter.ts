import { useClientHandle } from '@urql/vue';
import { useRoute, useRouter } from 'vue-router';
import { useSession } from '../../session.ts';

/** A path of our own, or the home page: an address from outside never decides where a sign-in leads. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** After the API accepted us: load who we are and go where the person wanted to. */
export function useEnter(): () => Promise<void> {
  const { client } = useClientHandle();
  const session = useSession();
  const route = useRoute();
  const router = useRouter();
  return async () => {
    await session.load(client);
    await router.push(safeNext(route.query['next']));
  };
}
