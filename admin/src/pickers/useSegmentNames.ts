// Names for the ids in a rule, so that it can be read back, and the choices its rows offer.
import type { SegmentNames } from '@huiliu/shared';
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { PickCouponsDocument, PickOffersDocument, PickTagsDocument, PickTemplatesDocument } from '../api/generated/graphql.ts';
import { useQuery } from '../composables/useQuery.ts';
import { SOURCES, sourceName } from './sources.ts';

export interface Choice { id: string; name: string }
export interface RuleChoices { tags: Choice[]; coupons: Choice[]; templates: Choice[]; offers: Choice[]; sources: Choice[] }

const byId = (choices: readonly Choice[]): Record<string, string> => Object.fromEntries(choices.map(({ id, name }) => [id, name]));

export function useSegmentNames(): { names: ComputedRef<SegmentNames>; choices: ComputedRef<RuleChoices> } {
  const { t, te } = useI18n();
  const tags = useQuery(PickTagsDocument);
  const coupons = useQuery(PickCouponsDocument);
  const templates = useQuery(PickTemplatesDocument, { channelId: null });
  const offers = useQuery(PickOffersDocument);
  const choices = computed((): RuleChoices => ({
    tags: tags.data.value?.tags ?? [],
    coupons: coupons.data.value?.couponTemplates ?? [],
    templates: templates.data.value?.messageTemplates.map(({ id, title }) => ({ id, name: title })) ?? [],
    offers: offers.data.value?.offers ?? [],
    sources: SOURCES.map((key) => ({ id: key, name: sourceName(key, { t, te }) })),
  }));
  const names = computed((): SegmentNames => ({
    tags: byId(choices.value.tags),
    couponTemplates: byId(choices.value.coupons),
    messageTemplates: byId(choices.value.templates),
    offers: byId(choices.value.offers),
    sources: byId(choices.value.sources),
  }));
  return { names, choices };
}
