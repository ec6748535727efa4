// What the wizard offers to choose from: channels, templates, offers, segments.
import { computed } from 'vue';
import { PickChannelsDocument, PickCouponsDocument, PickOffersDocument, PickSegmentsDocument, PickTemplatesDocument } from '../../api/generated/graphql.ts';
import { useQuery } from '../../composables/useQuery.ts';

export function useWizardFacts() {
  const channels = useQuery(PickChannelsDocument);
  const templates = useQuery(PickTemplatesDocument, { channelId: null });
  const offers = useQuery(PickOffersDocument);
  const coupons = useQuery(PickCouponsDocument);
  const segments = useQuery(PickSegmentsDocument);
  const all = [channels, templates, offers, coupons, segments];
  return {
    isReady: computed(() => all.every((query) => query.data.value !== undefined)),
    problem: computed(() => all.map((query) => query.problem.value).find((problem) => problem !== undefined)),
    refetch: () => all.forEach((query) => query.refetch()),
    /** Accounts that can send; the built-in web page cannot. */
    channels: computed(() => channels.data.value?.channels.filter((one) => one.platform !== 'h5') ?? []),
    templates: computed(() => templates.data.value?.messageTemplates ?? []),
    offers: computed(() => offers.data.value?.offers.filter((one) => one.state === 'published') ?? []),
    coupons: computed(() => coupons.data.value?.couponTemplates ?? []),
    segments: computed(() => segments.data.value?.segments ?? []),
    refetchSegments: segments.refetch,
  };
}
export type WizardFacts = ReturnType<typeof useWizardFacts>;
