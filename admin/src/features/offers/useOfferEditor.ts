// The offer editor: what there is to choose from, the step that is open, and the save.
import { lintOffer, PROMPT_TEMPLATES } from '@huiliu/shared';
import { computed, reactive, ref, watch } from 'vue';
import { OfferDocument, PickChannelsDocument, PickCouponsDocument, PickTemplatesDocument, SaveOfferDocument } from '../../api/generated/graphql.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { useQuery } from '../../composables/useQuery.ts';
import { useZone } from '../../composables/useZone.ts';
import { couponHints } from '../../pickers/coupon-hints.ts';
import { useSamples } from '../../pickers/useSamples.ts';
import { emptyOffer, fromOffer, offerInput, offerProblems, startNotices, STEPS, type Step } from './offer-form.ts';

/** `words`: the first sentences of a new offer, in the merchant's language. */
export interface Words { reminder: string; headline: (coupon: string) => string; name: (coupon: string) => string }

/** `id` undefined: a new offer, which starts with the first live channel and the newest coupon. */
export function useOfferEditor(id: () => string | undefined, words: Words) {
  const zone = useZone();
  const form = reactive(emptyOffer());
  const step = ref(0);
  const tried = reactive(new Set<Step>());
  const saved = useQuery(OfferDocument, () => ({ id: id() ?? '' }), { pause: () => id() === undefined });
  const channels = useQuery(PickChannelsDocument);
  const coupons = useQuery(PickCouponsDocument);
  const templates = useQuery(PickTemplatesDocument, () => ({ channelId: form.channelId }), { pause: () => form.channelId === '' });
  const save = useMutation(SaveOfferDocument);

  const senders = computed(() => channels.data.value?.channels.filter((one) => one.platform !== 'h5') ?? []);
  const coupon = computed(() => coupons.data.value?.couponTemplates.find((one) => one.id === form.couponTemplateId));
  const choices = computed(() => templates.data.value?.messageTemplates ?? []);
  const samples = useSamples(() => coupon.value?.name);
  const hints = computed(() => couponHints(coupon.value, words.reminder, { now: new Date(), zone: zone.value }));
  const isReady = computed(() => channels.data.value !== undefined && coupons.data.value !== undefined && (id() === undefined || saved.data.value !== undefined));
  const problems = computed(() => offerProblems(form, {
    samples: samples.value, maxNotices: PROMPT_TEMPLATES.safe, template: (templateId) => choices.value.find((one) => one.id === templateId),
  }));
  /** The same rules that the server publishes by, while typing. */
  const findings = computed(() => lintOffer({
    platform: senders.value.find((one) => one.id === form.channelId)?.platform ?? '',
    mode: form.mode, headline: form.headline, description: form.description,
    notices: form.notices.flatMap(({ purpose, templateId }) => {
      const template = choices.value.find((one) => one.id === templateId);
      return template ? [{ purpose, title: template.title, kind: template.kind }] : [];
    }),
  }));
  const wrongIn = (name: Step) => (tried.has(name) ? problems.value.filter((one) => one.step === name) : []);

  watch(() => saved.data.value?.offer, (offer) => offer && Object.assign(form, fromOffer(offer)), { immediate: true });
  watch(isReady, (ready) => {
    if (!ready || id() !== undefined) return;
    form.channelId ||= (senders.value.find((one) => one.status === 'live') ?? senders.value[0])?.id ?? '';
    form.couponTemplateId ||= coupons.data.value?.couponTemplates.find((one) => !one.isArchived && one.remaining > 0)?.id ?? '';
  }, { immediate: true });
  // The reminder is suggested once; a merchant who removed it does not get it back.
  let hasSuggested = false;
  watch([choices, coupon], () => {
    if (id() !== undefined || hasSuggested || choices.value.length === 0 || !coupon.value) return;
    hasSuggested = true;
    form.notices = startNotices(choices.value, hints.value, samples.value);
  });
  watch(coupon, (now, before) => {
    if (!now || id() !== undefined) return;
    if (form.headline === '' || (before && form.headline === words.headline(before.name))) form.headline = words.headline(now.name);
    if (form.name === '' || (before && form.name === words.name(before.name))) form.name = words.name(now.name);
  });

  /** Opens a later step only over steps that are complete; going back is always allowed. */
  function go(to: number): void {
    for (const name of STEPS.slice(0, to)) tried.add(name);
    const stuck = STEPS.findIndex((name) => problems.value.some((one) => one.step === name));
    step.value = stuck === -1 ? to : Math.min(to, stuck);
  }
  /** The saved offer's id, or undefined with the problems shown. */
  async function submit(): Promise<string | undefined> {
    go(STEPS.length - 1);
    for (const name of STEPS) tried.add(name);
    if (problems.value.length > 0) return undefined;
    const done = await save.run({ id: id() ?? null, input: offerInput(form) });
    return done?.saveOffer.id;
  }
  return { form, step, go, submit, save, saved, isReady, senders, coupon, coupons, choices, samples, hints, findings, wrongIn };
}
