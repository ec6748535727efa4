import { sampleValues } from '@huiliu/shared';
import { computed, type ComputedRef } from 'vue';
import { useSession } from '../session.ts';
import type { Samples } from './message-values.ts';

/** Examples for previews: this shop's own name and, when one is chosen, this coupon's. */
export function useSamples(couponName: () => string | undefined = () => undefined): ComputedRef<Samples> {
  const session = useSession();
  return computed(() => {
    const samples = sampleValues();
    return { ...samples, 'shop.name': session.me?.tenant.name ?? samples['shop.name'], 'coupon.name': couponName() ?? samples['coupon.name'] };
  });
}
