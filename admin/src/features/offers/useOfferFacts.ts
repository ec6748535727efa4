// What the offer editor chooses from, and what the chosen coupon gives to its first words.
import { computed } from 'vue';
import { PickChannelsDocument, PickCouponsDocument, PickTemplatesDocument } from '../../api/generated/graphql.ts';
import { useQuery } from '../../composables/useQuery.ts';
import { useZone } from '../../composables/useZone.ts';
import { couponHints } from '../../pickers/coupon-hints.ts';
import { useSamples } from '../../pickers/useSamples.ts';
import type { OfferForm } from './offer-form.ts';

export function useOfferFacts(form: OfferForm, reminder: string) {
  const zone = useZone();
  const channels = useQuery(PickChannelsDocument);
  const coupons = useQuery(PickCouponsDocument);
  const templates = useQuery(PickTemplatesDocument, () => ({ channelId: form.channelId }), { pause: () => form.channelId === '' });
  const coupon = computed(() => coupons.data.value?.couponTemplates.find((one) => one.id === form.couponTemplateId));
  return {
    coupons,
    coupon,
    /** Accounts that can send; the built-in web page cannot. */
    senders: computed(() => channels.data.value?.channels.filter((one) => one.platform !== 'h5') ?? []),
    choices: computed(() => templates.data.value?.messageTemplates ?? []),
    samples: useSamples(() => coupon.value?.name),
    hints: computed(() => couponHints(coupon.value, reminder, { now: new Date(), zone: zone.value })),
    isLoaded: computed(() => channels.data.value !== undefined && coupons.data.value !== undefined),
  };
}
export type OfferFacts = ReturnType<typeof useOfferFacts>;
