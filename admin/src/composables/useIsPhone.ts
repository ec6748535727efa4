import { useMediaQuery } from '@vueuse/core';
import type { Ref } from 'vue';

/** True below 768 px, where tables become cards. */
export function useIsPhone(): Ref<boolean> {
  return useMediaQuery('(max-width: 767px)');
}
