// The reading of a whole list at a platform: begun and stopped by hand, looked at while it runs.
import { computed, type ComputedRef, type Ref } from 'vue';
import type { Operation } from '../../api/document.ts';
import type { Problem } from '../../api/problem.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { usePolling } from '../../composables/usePolling.ts';

const POLL_MS = 1500;
type OfChannel = { channelId: string };

export interface SyncRun {
  isRunning: ComputedRef<boolean>;
  isStarting: Ref<boolean>;
  isStopping: Ref<boolean>;
  problem: ComputedRef<Problem | undefined>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface SyncParts<Started, Stopped> {
  channelId: () => string;
  state: () => string | undefined;
  refetch: () => void;
  start: Operation<Started, OfChannel>;
  stop: Operation<Stopped, OfChannel>;
}

/** Follows one reading; `state` is that of the latest one. */
export function useSync<Started, Stopped>({ channelId, state, refetch, ...operations }: SyncParts<Started, Stopped>): SyncRun {
  const starting = useMutation(operations.start);
  const stopping = useMutation(operations.stop);
  const isRunning = computed(() => state() === 'running');
  usePolling(refetch, POLL_MS, isRunning);
  return {
    isRunning,
    isStarting: starting.isBusy,
    isStopping: stopping.isBusy,
    problem: computed(() => starting.problem.value ?? stopping.problem.value),
    start: async () => {
      if (await starting.run({ channelId: channelId() })) refetch();
    },
    stop: async () => {
      if (await stopping.run({ channelId: channelId() })) refetch();
    },
  };
}
