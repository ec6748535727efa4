// Saving the wizard's draft: a preset becomes a segment of its own, once, and the campaign follows.
import { parseSegmentRule, type SegmentRule } from '@huiliu/shared';
import { computed, ref } from 'vue';
import { SaveCampaignDocument, SavePickedSegmentDocument } from '../../api/generated/graphql.ts';
import { useMutation } from '../../composables/useMutation.ts';
import { freeName, isSameRule, presetRule } from '../../pickers/segment-presets.ts';
import { campaignInput, type CampaignForm } from './campaign-form.ts';
import type { WizardFacts } from './useWizardFacts.ts';

interface Known { id: string; name: string; rule: unknown }

/** The rule of the people chosen; undefined while none are. */
export function ruleOf(people: CampaignForm['people'], segments: readonly Known[]): SegmentRule | undefined {
  if ('preset' in people) return presetRule(people.preset);
  const parsed = parseSegmentRule(segments.find((one) => one.id === people.segmentId)?.rule);
  return parsed.ok ? parsed.rule : undefined;
}

/** The saved segment that means the same people, or the name and rule of the one to make. */
export function segmentFor(people: CampaignForm['people'], segments: readonly Known[], nameOf: (preset: string) => string): { id: string } | { name: string; rule: SegmentRule } {
  if ('segmentId' in people) return { id: people.segmentId };
  const rule = presetRule(people.preset);
  const known = segments.find((one) => isSameRule(one.rule, rule));
  return known ? { id: known.id } : { name: freeName(nameOf(people.preset), segments.map((one) => one.name)), rule };
}

export function useDraft(startId: string | undefined, facts: WizardFacts, words: { preset: (key: string) => string }) {
  const id = ref(startId);
  const saveCampaign = useMutation(SaveCampaignDocument);
  const saveSegment = useMutation(SavePickedSegmentDocument);

  /** The draft's id. The review counts what is saved, never what is only on the screen. */
  async function save(form: CampaignForm): Promise<string | undefined> {
    const wanted = segmentFor(form.people, facts.segments.value, words.preset);
    const segmentId = 'id' in wanted ? wanted.id : (await saveSegment.run({ id: null, ...wanted }))?.saveSegment.id;
    if (!segmentId) return undefined;
    const done = await saveCampaign.run({ id: id.value ?? null, input: campaignInput(form, segmentId) });
    if (done) id.value = done.saveCampaign.id;
    return done?.saveCampaign.id;
  }
  return {
    id,
    save,
    isBusy: computed(() => saveCampaign.isBusy.value || saveSegment.isBusy.value),
    problem: computed(() => saveCampaign.problem.value ?? saveSegment.problem.value),
  };
}
