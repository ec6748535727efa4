import { type MaybeRefOrGetter, onScopeDispose, toValue, watch } from 'vue';

/** Calls `ask` every `milliseconds` while `isActive` holds and the page can be seen. */
export function usePolling(ask: () => void, milliseconds: number, isActive: MaybeRefOrGetter<boolean>): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => clearInterval(timer);
  watch(
    () => toValue(isActive),
    (active) => {
      stop();
      if (active) timer = setInterval(() => document.hidden || ask(), milliseconds);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
}
