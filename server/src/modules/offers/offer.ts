// What makes an offer complete, and what may be done with it when.
import {
  fieldProblemText, fillMessageText, isNoticePurpose, NOTICE_PURPOSES, parseMessageText, sampleValues, whyNotField,
  type OfferLintFinding, type OfferMode, type TemplateField,
} from '@huiliu/shared';

export type OfferState = 'draft' | 'published' | 'ended';

export interface OfferNotice {
  templateId: string;
  purpose: string;
  /** Template field key → text, with variables like {{coupon.name}}. */
  fields: Record<string, string>;
}

export interface Offer {
  id: string;
  name: string;
  headline: string;
  description: string;
  mode: OfferMode;
  state: OfferState;
  channelId: string;
  couponTemplateId: string;
  notices: OfferNotice[];
  overrideReason: string | null;
  publishedAt: Date | null;
  endedAt: Date | null;
  createdAt: Date;
}

export interface OfferInput {
  name: string;
  headline: string;
  description?: string | null;
  mode?: OfferMode | null;
  channelId: string;
  couponTemplateId: string;
  notices?: OfferNotice[] | null;
}

export interface FieldProblem {
  field: string;
  problem: string;
  message: string;
  more?: Record<string, unknown>;
}

export interface Reason {
  code: string;
  details?: Record<string, unknown>;
}

export const MOST_NOTICES = 10;
const length = (text: string): number => [...text.trim()].length;

/** The first thing wrong with what was typed, or undefined. References are the service's to check. */
export function offerProblem(input: OfferInput): FieldProblem | undefined {
  return textProblem('name', input.name, 40) ?? textProblem('headline', input.headline, 30) ?? descriptionProblem(input.description ?? '') ?? noticesProblem(input.notices ?? []);
}

function textProblem(field: string, text: string, max: number): FieldProblem | undefined {
  if (length(text) === 0) return { field, problem: 'required', message: `${field} must not be empty. Say what the customer gets.` };
  return length(text) > max ? { field, problem: 'too_long', message: `${field} must have at most ${max} characters. Shorten it.`, more: { max } } : undefined;
}

function descriptionProblem(text: string): FieldProblem | undefined {
  return length(text) > 500 ? { field: 'description', problem: 'too_long', message: 'description must have at most 500 characters. Shorten it.', more: { max: 500 } } : undefined;
}

function noticesProblem(notices: readonly OfferNotice[]): FieldProblem | undefined {
  if (notices.length > MOST_NOTICES) return { field: 'notices', problem: 'too_many', message: `notices may hold at most ${MOST_NOTICES}. Keep those that serve the reward.`, more: { max: MOST_NOTICES } };
  for (const [index, notice] of notices.entries()) {
    const at = `notices[${index}]`;
    if (!isNoticePurpose(notice.purpose)) {
      return { field: `${at}.purpose`, problem: 'unknown', message: `${at}.purpose must be one of ${Object.keys(NOTICE_PURPOSES).join(', ')}.`, more: { known: Object.keys(NOTICE_PURPOSES) } };
    }
    if (notices.findIndex((other) => other.templateId === notice.templateId) !== index) {
      return { field: `${at}.templateId`, problem: 'twice', message: `${at}.templateId stands in this offer already. One prompt asks for a template once.` };
    }
    if (!isTexts(notice.fields)) return { field: `${at}.fields`, problem: 'bad_format', message: `${at}.fields must be an object of texts, for example {"thing1": "{{coupon.name}}"}.` };
  }
  return undefined;
}

const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((text) => typeof text === 'string' && text.length <= 200);

/** What is promised may change until the first person holds it; afterwards only words and notices may. */
export function whyNotChange(before: Offer, input: OfferInput): FieldProblem | undefined {
  if (before.state !== 'published') return undefined;
  const changed = (['channelId', 'couponTemplateId', 'mode'] as const).find((field) => (input[field] ?? (field === 'mode' ? 'service' : undefined)) !== before[field]);
  return changed && { field: changed, problem: 'published_fixed', message: `${changed} cannot change while the offer is published. End it and publish a new one.` };
}

export interface NoticeFact {
  title: string;
  kind: string;
  isActive: boolean;
  fields: readonly TemplateField[];
}

export interface NoticeProblem {
  /** Place in the offer's notices. */
  notice: number;
  /** Template field key, or '' for the template itself. */
  field: string;
  problem: string;
  zh: string;
  en: string;
}

/** Everything that would keep a notice from being sent, judged with sample values in its variables. */
export function noticeProblems(notices: readonly OfferNotice[], factOf: (templateId: string) => NoticeFact | undefined): NoticeProblem[] {
  return notices.flatMap((notice, index) => {
    const fact = factOf(notice.templateId);
    if (!fact?.isActive) return [{ notice: index, field: '', problem: 'template_unknown', zh: '消息模板不存在或已停用，请重新选择', en: 'The template is gone; choose another' }];
    const extra = Object.keys(notice.fields).filter((key) => !fact.fields.some((field) => field.key === key));
    return [
      ...fact.fields.flatMap((field) => fieldProblem(field, notice.fields[field.key])).map((problem) => ({ notice: index, ...problem })),
      ...extra.map((key) => ({ notice: index, field: key, problem: 'unknown_field', zh: `「${key}」不在这个模板里，请删掉`, en: `"${key}" is not part of this template; remove it` })),
    ];
  });
}

function fieldProblem(field: TemplateField, text: string | undefined): Omit<NoticeProblem, 'notice'>[] {
  const parsed = parseMessageText(text ?? '');
  if (!parsed.ok) {
    return [parsed.problem === 'unknown_variable'
      ? { field: field.key, problem: 'unknown_variable', zh: `没有「${parsed.variable}」这个变量，请从列表里选`, en: `There is no variable "${parsed.variable}"; choose one from the list` }
      : { field: field.key, problem: 'bad_braces', zh: `「${parsed.near}」附近的变量写法不对`, en: `The variable near "${parsed.near}" is malformed` }];
  }
  const filled = text === undefined ? { text } : fillMessageText(parsed.parts, sampleValues());
  const problem = whyNotField(field, 'text' in filled ? filled.text : undefined);
  return problem ? [{ field: field.key, problem: problem.rule, zh: fieldProblemText(problem, 'zh'), en: fieldProblemText(problem, 'en') }] : [];
}

export interface PublishFacts {
  offer: Pick<Offer, 'state'>;
  coupon: { isArchived: boolean; remaining: number; validUntil: Date | null };
  channelStatus: string;
  lint: readonly OfferLintFinding[];
  problems: readonly NoticeProblem[];
  /** The owner's reason for publishing against the linter, if one was given, and whether this person may. */
  override: { reason: string; isAllowed: boolean } | undefined;
}

/** Policy is the owner's risk to take; what the platform would refuse anyway is not. */
const OVERRIDABLE = new Set<string>(['conditional_subscription', 'inducing_words']);

/** Why the offer cannot be published, or undefined. */
export function whyNotPublish(facts: PublishFacts, now: Date): Reason | undefined {
  if (facts.offer.state === 'ended') return { code: 'offer_ended' };
  if (facts.coupon.isArchived) return { code: 'coupon_archived' };
  if (facts.coupon.validUntil && facts.coupon.validUntil <= now) return { code: 'coupon_over', details: { validUntil: facts.coupon.validUntil } };
  if (facts.coupon.remaining === 0) return { code: 'sold_out' };
  if (facts.channelStatus !== 'live') return { code: 'channel_not_connected', details: { status: facts.channelStatus } };
  if (facts.problems.length > 0) return { code: 'notices_incomplete', details: { problems: facts.problems } };
  return whyNotByLint(facts);
}

function whyNotByLint({ lint, override }: PublishFacts): Reason | undefined {
  const blocks = lint.filter((finding) => finding.level === 'block');
  if (blocks.length === 0) return undefined;
  const hard = blocks.filter((finding) => !OVERRIDABLE.has(finding.rule));
  if (hard.length > 0 || !override) return { code: 'lint_blocked', details: { findings: blocks, canOverride: hard.length === 0 } };
  if (!override.isAllowed) return { code: 'override_owner_only', details: { findings: blocks } };
  return length(override.reason) < 5 ? { code: 'override_reason_needed', details: { min: 5 } } : undefined;
}
