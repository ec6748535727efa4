// The wizard: the form, the step that is open, saving a draft, and launching it.
import { computed, reactive, ref, watch } from 'vue';
import { CampaignDocument } from '../../api/generated/graphql.ts';
import { useQuery } from '../../composables/useQuery.ts';
import { useZone } from '../../composables/useZone.ts';
import { couponHints } from '../../pickers/coupon-hints.ts';
import { useSamples } from '../../pickers/useSamples.ts';
import { campaignProblems, fromCampaign, STEPS, type CampaignForm, type Step } from './campaign-form.ts';
import { goalOf, type Goal } from './goals.ts';
import { ruleOf, useDraft } from './useDraft.ts';
import { useWizardFacts } from './useWizardFacts.ts';
import { startForm } from './wizard-start.ts';

/** Sentences of the goals and names of the presets, in the merchant's language. */
export interface WizardWords {
  name: (goal: string) => string;
  chat: (goal: string) => string;
  sentence: (goal: string) => string;
  preset: (key: string) => string;
}
export interface WizardStart { campaignId?: string; segmentId?: string; goal?: string }

export function useCampaignWizard(start: WizardStart, words: WizardWords) {
  const zone = useZone();
  const facts = useWizardFacts();
  const step = ref(0);
  const tried = reactive(new Set<Step>());
  const saved = useQuery(CampaignDocument, { id: start.campaignId ?? '' }, { pause: start.campaignId === undefined });
  const draft = useDraft(start.campaignId, facts, words);
  const form = ref<CampaignForm>();

  const coupon = computed(() => {
    const offer = facts.offers.value.find((one) => one.id === form.value?.offerId) ?? facts.offers.value[0];
    return facts.coupons.value.find((one) => one.id === offer?.couponTemplate.id);
  });
  const samples = useSamples(() => coupon.value?.name);
  const hints = computed(() => couponHints(coupon.value, words.sentence(form.value?.goal ?? 'custom'), { now: new Date(), zone: zone.value }));
  const template = (templateId: string) => facts.templates.value.find((one) => one.id === templateId);
  const problems = computed(() => (form.value ? campaignProblems(form.value, { now: new Date(), samples: samples.value, template }) : []));
  const wrongIn = (name: Step) => (tried.has(name) ? problems.value.filter((one) => one.step === name) : []);

  /** People, words and rules of a goal replace what is there; a segment that the merchant came with stays. */
  function choose(goal: Goal): void {
    const { id: channelId, platform } = facts.channels.value.find((one) => one.status === 'live') ?? facts.channels.value[0] ?? { id: '', platform: '' };
    const next = startForm(goal, { name: words.name(goal.key), chat: words.chat(goal.key) }, {
      channelId,
      ...(platform && { platform }),
      templates: facts.templates.value.filter((one) => one.channelId === channelId),
      offerId: facts.offers.value[0]?.id ?? '',
      hints: couponHints(coupon.value, words.sentence(goal.key), { now: new Date(), zone: zone.value }),
      samples: samples.value,
      now: new Date(),
    });
    form.value = { ...next, ...(start.segmentId ? { people: { segmentId: start.segmentId } } : {}) };
  }
  watch([facts.isReady, () => saved.data.value?.campaign], ([ready, campaign]) => {
    if (!ready || form.value) return;
    if (campaign) form.value = fromCampaign(campaign);
    else if (start.campaignId === undefined) choose(goalOf(start.goal ?? 'wake_sleepers'));
  }, { immediate: true });

  /** The rule of the people chosen, for counting. */
  const rule = computed(() => (form.value ? ruleOf(form.value.people, facts.segments.value) : undefined));

  /** Opens a step over steps that are complete; the review only over a saved draft. */
  async function go(to: number): Promise<void> {
    for (const name of STEPS.slice(0, to)) tried.add(name);
    const stuck = STEPS.findIndex((name) => problems.value.some((one) => one.step === name));
    const target = stuck === -1 ? to : Math.min(to, stuck);
    if (STEPS[target] === 'review' && (!form.value || problems.value.length > 0 || !(await draft.save(form.value)))) return;
    step.value = target;
  }

  return {
    id: draft.id, step, form, facts, coupon, samples, hints, template, rule, wrongIn, choose, go,
    isReady: computed(() => form.value !== undefined),
    isBusy: draft.isBusy,
    problem: computed(() => draft.problem.value ?? saved.problem.value ?? facts.problem.value),
  };
}
export type CampaignWizard = ReturnType<typeof useCampaignWizard>;
