import { computed, type ComputedRef, ref, type Ref } from 'vue';
import { BeginAuthorisationDocument, ScanToConnectDocument } from '../../api/generated/graphql.ts';
import type { Problem } from '../../api/problem.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { useQuery } from '../../composables/useQuery.ts';

export interface Authorisation {
  /** Platforms that can be connected by scanning; empty where the server has no platform app. */
  offered: ComputedRef<readonly string[]>;
  /** Opens the platform's consent page, or shows the code to scan. */
  begin: (platform: string) => Promise<void>;
  /** The address to show as a code, where there is no page to open. */
  code: Ref<string | undefined>;
  isBusy: Ref<boolean>;
  problem: Ref<Problem | undefined>;
}

/** Connecting an account by the merchant's consent. `open` leaves the console for the platform's page. */
export function useAuthorisation(open: (url: string) => void = (url) => globalThis.location.assign(url)): Authorisation {
  const { data } = useQuery(ScanToConnectDocument);
  const { run, isBusy, problem } = useMutation(BeginAuthorisationDocument);
  const code = ref<string>();
  async function begin(platform: string): Promise<void> {
    code.value = undefined;
    const begun = (await run({ platform }))?.beginAuthorisation;
    if (begun?.isCode) code.value = begun.url;
    else if (begun) open(begun.url);
  }
  return { offered: computed(() => data.value?.scanToConnect ?? []), begin, code, isBusy, problem };
}
