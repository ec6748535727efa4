// Who is signed in and what they may do: the one global store. Everything else the server owns lives in queries.
import type { Client } from '@urql/vue';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { operationText } from './api/document.ts';
import { MeDocument, type MeQuery } from './api/generated/graphql.ts';
import { type Problem, problemOf } from './api/problem.ts';
import { setZone } from './composables/useZone.ts';

export type Person = NonNullable<MeQuery['me']>;

export const useSession = defineStore('session', () => {
  const me = shallowRef<Person | null>(null);
  const isLoaded = ref(false);
  const problem = shallowRef<Problem>();
  const permissions = computed(() => new Set(me.value?.permissions));

  /** Asks the API who we are; a problem other than "nobody" is kept for the page to show. */
  async function load(client: Client): Promise<void> {
    const { data, error } = await client.query(operationText(MeDocument), {}, { requestPolicy: 'network-only' }).toPromise();
    problem.value = problemOf(error);
    if (problem.value && problem.value.code !== 'UNAUTHENTICATED') return;
    me.value = data?.me ?? null;
    isLoaded.value = true;
    if (me.value) setZone(me.value.tenant.timezone);
  }

  /** Forgets the person; the next guarded route goes to sign-in. */
  function clear(): void {
    me.value = null;
    isLoaded.value = true;
  }

  const can = (permission: string): boolean => permissions.value.has(permission);

  return { me, isLoaded, problem, permissions, load, clear, can };
});
