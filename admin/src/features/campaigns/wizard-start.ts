// The first form of a campaign: everything a goal implies, so that "next, next, launch" is legal. Plain data.
import { suggestValues, valueProblems, type Hints, type Samples } from '../../pickers/message-values.ts';
import { canCarry } from '@huiliu/shared';
import { newRung, type CampaignForm, type Rung, type Template } from './campaign-form.ts';
import type { Goal } from './goals.ts';

export interface StartFacts {
  channelId: string;
  /** What the channel's platform carries decides the first ladder. */
  platform?: string;
  templates: readonly (Template & { isActive: boolean; kind?: string })[];
  offerId: string;
  hints: Hints;
  samples: Samples;
  now: Date;
}
/** Words in the merchant's language. */
export interface StartWords { name: string; chat: string }

const DAY_MS = 86_400_000;

/** The ladder: the open window first, since it costs no permit that lasts; then the reminder. */
export function startRungs(words: StartWords, facts: StartFacts): Rung[] {
  if (facts.channelId === '') return [];
  // Where nobody can be written to one by one, the ladder begins with what the account has.
  if (facts.platform !== undefined && !canCarry(facts.platform, 'window')) return canCarry(facts.platform, 'contact_task') ? [{ ...newRung('contact_task', facts.channelId), text: words.chat }] : [];
  const chat: Rung = { ...newRung('window', facts.channelId), text: words.chat };
  const template = bestTemplate(facts);
  return template ? [chat, { ...newRung(template.kind === 'notice' ? 'template' : 'subscription', facts.channelId), templateId: template.id, fields: suggestValues(template.fields, facts.hints) }] : [chat];
}

/** A template that the suggestions fill without a problem; else the first, for the merchant to complete. */
function bestTemplate({ templates, hints, samples }: StartFacts): StartFacts['templates'][number] | undefined {
  const active = templates.filter((one) => one.isActive);
  const ready = active.filter((one) => Object.keys(valueProblems(one.fields, suggestValues(one.fields, hints), samples)).length === 0);
  return ready.find((one) => /到期|过期|券/u.test(one.title)) ?? ready[0] ?? active[0];
}

export function startForm(goal: Goal, words: StartWords, facts: StartFacts): CampaignForm {
  return {
    name: words.name,
    goal: goal.key,
    people: { preset: goal.preset },
    rungs: startRungs(words, facts),
    offerId: facts.offerId,
    holdoutPercent: goal.holdoutPercent,
    cap: { messages: 2, days: 7 },
    quiet: { from: '22:00', until: '09:00' },
    latestUsefulAt: goal.usefulDays === null ? '' : new Date(facts.now.getTime() + goal.usefulDays * DAY_MS).toISOString(),
    attributionDays: 7,
  };
}
