// The offer as its editor holds it: coupon, reminders that serve it, words. Plain data.
import type { OfferInput } from '../../api/generated/graphql.ts';
import { suggestValues, valueProblems, type ApiField, type Hints, type Samples, type Values } from '../../pickers/message-values.ts';

export const STEPS = ['coupon', 'notices', 'words'] as const;
export type Step = (typeof STEPS)[number];
export const PURPOSES = ['coupon_expiring', 'coupon_claimed', 'result', 'new_offer'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface Notice { key: number; purpose: Purpose; templateId: string; fields: Values }
export interface OfferForm {
  name: string;
  headline: string;
  description: string;
  mode: 'service' | 'conditional';
  channelId: string;
  couponTemplateId: string;
  notices: Notice[];
}
export interface Template { id: string; channelId: string; title: string; isActive: boolean; fields: ApiField[] }
/** Keys of offers.problems.* */
export type OfferProblem = 'no_coupon' | 'no_channel' | 'no_template' | 'same_template' | 'too_many' | 'field' | 'name_missing' | 'headline_missing' | 'headline_long';
export interface StepProblem { step: Step; problem: OfferProblem; notice?: number }

let keys = 0;
export function newNotice(purpose: Purpose): Notice {
  return { key: ++keys, purpose, templateId: '', fields: {} };
}

export function emptyOffer(): OfferForm {
  return { name: '', headline: '', description: '', mode: 'service', channelId: '', couponTemplateId: '', notices: [] };
}

interface Judge { samples: Samples; maxNotices: number; template: (id: string) => Template | undefined }

/** Everything that keeps the offer from being saved, in the order of the steps. */
export function offerProblems(form: OfferForm, judge: Judge): StepProblem[] {
  const wrong: StepProblem[] = [];
  if (form.couponTemplateId === '') wrong.push({ step: 'coupon', problem: 'no_coupon' });
  if (form.channelId === '') wrong.push({ step: 'coupon', problem: 'no_channel' });
  if (form.notices.length > judge.maxNotices) wrong.push({ step: 'notices', problem: 'too_many' });
  form.notices.forEach((notice, index) => {
    const problem = noticeProblem(notice, form.notices.slice(0, index), judge);
    if (problem) wrong.push({ step: 'notices', problem, notice: index });
  });
  if (form.name.trim() === '') wrong.push({ step: 'words', problem: 'name_missing' });
  if (form.headline.trim() === '') wrong.push({ step: 'words', problem: 'headline_missing' });
  if ([...form.headline.trim()].length > 40) wrong.push({ step: 'words', problem: 'headline_long' });
  return wrong;
}

function noticeProblem(notice: Notice, before: readonly Notice[], judge: Judge): OfferProblem | undefined {
  const template = judge.template(notice.templateId);
  if (!template) return 'no_template';
  // One prompt asks for each template once: twice would count as one reminder.
  if (before.some((other) => other.templateId === notice.templateId)) return 'same_template';
  return Object.keys(valueProblems(template.fields, notice.fields, judge.samples)).length > 0 ? 'field' : undefined;
}

/** The reminder with another template, its lines filled with first words. */
export function withTemplate(notice: Notice, template: Template, hints: Hints): Notice {
  return { ...notice, templateId: template.id, fields: suggestValues(template.fields, hints) };
}

/** The first reminders of a new offer: the expiry reminder every coupon deserves, on the first template that fits it. */
export function startNotices(templates: readonly Template[], hints: Hints, samples: Samples): Notice[] {
  const usable = templates.filter((one) => one.isActive);
  const ready = usable.filter((one) => Object.keys(valueProblems(one.fields, suggestValues(one.fields, hints), samples)).length === 0);
  const best = ready.find((one) => /到期|过期|券/u.test(one.title)) ?? ready[0] ?? usable[0];
  return best ? [withTemplate(newNotice('coupon_expiring'), best, hints)] : [];
}

export function offerInput(form: OfferForm): OfferInput {
  return {
    name: form.name.trim(),
    headline: form.headline.trim(),
    description: form.description.trim(),
    mode: form.mode,
    channelId: form.channelId,
    couponTemplateId: form.couponTemplateId,
    notices: form.notices.map(({ templateId, purpose, fields }) => ({ templateId, purpose, fields })),
  };
}

interface Saved {
  name: string; headline: string; description: string; mode: 'service' | 'conditional';
  channel: { id: string }; couponTemplate: { id: string };
  notices: { purpose: string; fields: unknown; template: { id: string } }[];
}

export function fromOffer(saved: Saved): OfferForm {
  return {
    name: saved.name, headline: saved.headline, description: saved.description, mode: saved.mode,
    channelId: saved.channel.id, couponTemplateId: saved.couponTemplate.id,
    notices: saved.notices.map((notice) => ({
      ...newNotice(PURPOSES.find((one) => one === notice.purpose) ?? 'coupon_expiring'),
      templateId: notice.template.id,
      fields: (notice.fields ?? {}) as Values,
    })),
  };
}
