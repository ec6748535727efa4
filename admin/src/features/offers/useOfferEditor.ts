// The offer editor: the form, the step that is open, what the rules say of it, and the save.
import { lintOffer, PROMPT_TEMPLATES } from '@huiliu/shared';
import { computed, reactive, ref, watch } from 'vue';
import { OfferDocument, SaveOfferDocument } from '../../api/generated/graphql.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { useQuery } from '../../composables/useQuery.ts';
import { emptyOffer, fromOffer, offerInput, offerProblems, startNotices, STEPS, type OfferForm, type Step } from './offer-form.ts';
import { useOfferFacts, type OfferFacts } from './useOfferFacts.ts';

/** `words`: the first sentences of a new offer, in the merchant's language. */
export interface Words { reminder: string; headline: (coupon: string) => string; name: (coupon: string) => string }

/** `id` undefined: a new offer, which starts with the first live channel and the newest coupon. */
export function useOfferEditor(id: () => string | undefined, words: Words) {
  const form = reactive(emptyOffer());
  const step = ref(0);
  const tried = reactive(new Set<Step>());
  const saved = useQuery(OfferDocument, () => ({ id: id() ?? '' }), { pause: () => id() === undefined });
  const save = useMutation(SaveOfferDocument);
  const facts = useOfferFacts(form, words.reminder);
  const template = (templateId: string) => facts.choices.value.find((one) => one.id === templateId);
  const problems = computed(() => offerProblems(form, { samples: facts.samples.value, maxNotices: PROMPT_TEMPLATES.safe, template }));
  const wrongIn = (name: Step) => (tried.has(name) ? problems.value.filter((one) => one.step === name) : []);
  /** The same rules that the server publishes by, while typing. */
  const findings = computed(() => lintOffer({
    platform: facts.senders.value.find((one) => one.id === form.channelId)?.platform ?? '',
    mode: form.mode, headline: form.headline, description: form.description,
    notices: form.notices.flatMap(({ purpose, templateId }) => {
      const chosen = template(templateId);
      return chosen ? [{ purpose, title: chosen.title, kind: chosen.kind }] : [];
    }),
  }));

  watch(() => saved.data.value?.offer, (offer) => offer && Object.assign(form, fromOffer(offer)), { immediate: true });
  if (id() === undefined) startWith(form, facts, words);

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
  const isReady = computed(() => facts.isLoaded.value && (id() === undefined || saved.data.value !== undefined));
  return { ...facts, form, step, go, submit, save, saved, isReady, findings, wrongIn };
}

/** A new offer's first values, each set once and never over the merchant's own. */
function startWith(form: OfferForm, facts: OfferFacts, words: Words): void {
  watch(facts.isLoaded, (isLoaded) => {
    if (!isLoaded) return;
    form.channelId ||= (facts.senders.value.find((one) => one.status === 'live') ?? facts.senders.value[0])?.id ?? '';
    form.couponTemplateId ||= facts.coupons.data.value?.couponTemplates.find((one) => !one.isArchived && one.remaining > 0)?.id ?? '';
  }, { immediate: true });
  // The reminder is suggested once; a merchant who removed it does not get it back.
  let hasSuggested = false;
  watch([facts.choices, facts.coupon], () => {
    if (hasSuggested || facts.choices.value.length === 0 || !facts.coupon.value) return;
    hasSuggested = true;
    form.notices = startNotices(facts.choices.value, facts.hints.value, facts.samples.value);
  }, { immediate: true });
  watch(facts.coupon, (now, before) => {
    if (!now) return;
    if (form.headline === '' || (before && form.headline === words.headline(before.name))) form.headline = words.headline(now.name);
    if (form.name === '' || (before && form.name === words.name(before.name))) form.name = words.name(now.name);
  }, { immediate: true });
}
