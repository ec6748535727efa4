// The campaign as the wizard edits it: steps, what is wrong in each, and what goes to the server. Plain data.
import { parseMessageText, TASK_DEADLINE_HOURS, TASK_TEXT_LIMIT, type RungKind } from '@huiliu/shared';
import { valueProblems, type ApiField, type Samples, type Values } from '../../pickers/message-values.ts';
import type { PresetKey } from '../../pickers/segment-presets.ts';
import type { CampaignInput } from '../../api/generated/graphql.ts';

export const STEPS = ['goal', 'people', 'message', 'rules', 'review'] as const;
export type Step = (typeof STEPS)[number];

export interface Rung {
  /** Ours, for the list on the screen. */
  key: number;
  kind: RungKind;
  channelId: string;
  templateId: string;
  fields: Values;
  text: string;
  /** Post: a draft article instead of a text. */
  mediaId: string;
  /** Group send: how long employees are waited for. */
  deadlineHours: number;
}
export const hasTemplate = ({ kind }: Pick<Rung, 'kind'>): boolean => kind === 'subscription' || kind === 'template';
/** One call for many: everybody reads the same. */
export const isBatch = ({ kind }: Pick<Rung, 'kind'>): boolean => kind === 'post' || kind === 'contact_task';
export interface CampaignForm {
  name: string;
  goal: string;
  /** A saved segment, or a preset that becomes one when the campaign is saved. */
  people: { segmentId: string } | { preset: PresetKey };
  rungs: Rung[];
  offerId: string;
  holdoutPercent: number;
  cap: { messages: number; days: number } | null;
  quiet: { from: string; until: string } | null;
  /** ISO instant, or empty for no end. */
  latestUsefulAt: string;
  attributionDays: number;
}
export interface Template { id: string; title: string; fields: ApiField[] }

/** Keys of campaigns.problems.*; `rung` counts from 0. */
export interface StepProblem {
  step: Step;
  problem: 'name_missing' | 'name_long' | 'no_people' | 'no_rung' | 'no_channel' | 'no_template' | 'repeated' | 'text_missing' | 'text_long'
    | 'unknown_variable' | 'bad_braces' | 'personal_variable' | 'two_contents' | 'deadline_range' | 'field' | 'holdout_range' | 'cap_range' | 'quiet_same' | 'useful_past' | 'attribution_range';
  rung?: number;
  variable?: string;
}

/** A customer-service text message takes 2,048 bytes; a Chinese character is three. */
export const MAX_WINDOW_LETTERS = 600;
export const MAX_RUNGS = 6;

let keys = 0;
export function newRung(kind: Rung['kind'], channelId: string): Rung {
  return { key: ++keys, kind, channelId, templateId: '', fields: {}, text: '', mediaId: '', deadlineHours: TASK_DEADLINE_HOURS.usual };
}

export interface Judge {
  now: Date;
  samples: Samples;
  template: (id: string) => Template | undefined;
}

/** Everything that keeps the campaign from being saved, in the order of the steps. */
export function campaignProblems(form: CampaignForm, judge: Judge): StepProblem[] {
  return [...peopleProblems(form), ...messageProblems(form, judge), ...ruleProblems(form, judge.now)];
}

function peopleProblems(form: CampaignForm): StepProblem[] {
  const wrong: StepProblem[] = [];
  const name = form.name.trim();
  if (name === '') wrong.push({ step: 'goal', problem: 'name_missing' });
  if ([...name].length > 40) wrong.push({ step: 'goal', problem: 'name_long' });
  if ('segmentId' in form.people && form.people.segmentId === '') wrong.push({ step: 'people', problem: 'no_people' });
  return wrong;
}

function messageProblems(form: CampaignForm, judge: Judge): StepProblem[] {
  if (form.rungs.length === 0) return [{ step: 'message', problem: 'no_rung' }];
  return form.rungs.flatMap((rung, index) => {
    const wrong = rungProblems(rung, judge);
    const twin = form.rungs.slice(0, index).some((other) => permitOf(other) === permitOf(rung));
    return [...wrong, ...(twin && wrong.length === 0 ? [{ problem: 'repeated' as const }] : [])].map((one) => ({ ...one, step: 'message' as const, rung: index }));
  });
}

/** Two rungs that spend the same permit are one rung: the second would never be reached. */
const permitOf = (rung: Rung): string => `${rung.kind}:${rung.channelId}:${hasTemplate(rung) ? rung.templateId : ''}`;

/** What is wrong with one rung of the ladder. */
export function rungProblems(rung: Rung, judge: Pick<Judge, 'samples' | 'template'>): Omit<StepProblem, 'step'>[] {
  if (rung.channelId === '') return [{ problem: 'no_channel' }];
  if (isBatch(rung)) return batchProblems(rung);
  if (rung.kind === 'window') return textProblems(rung.text, MAX_WINDOW_LETTERS);
  const template = judge.template(rung.templateId);
  if (!template) return [{ problem: 'no_template' }];
  return Object.keys(valueProblems(template.fields, rung.fields, judge.samples)).length > 0 ? [{ problem: 'field' }] : [];
}

function batchProblems(rung: Rung): Omit<StepProblem, 'step'>[] {
  if (rung.kind === 'post' && rung.mediaId.trim() !== '') return rung.text.trim() === '' ? [] : [{ problem: 'two_contents' }];
  const wrong = textProblems(rung.text, textLimit(rung.kind));
  if (wrong.length > 0) return wrong;
  const parsed = parseMessageText(rung.text);
  const personal = parsed.ok ? parsed.parts.find((part) => typeof part !== 'string' && part.name !== 'shop.name') : undefined;
  if (personal !== undefined && typeof personal !== 'string') return [{ problem: 'personal_variable', variable: personal.name }];
  return rung.kind === 'contact_task' && !whole(rung.deadlineHours, TASK_DEADLINE_HOURS.fewest, TASK_DEADLINE_HOURS.most) ? [{ problem: 'deadline_range' }] : [];
}

export const textLimit = (kind: Rung['kind']): number => (kind === 'contact_task' ? TASK_TEXT_LIMIT : MAX_WINDOW_LETTERS);

function textProblems(text: string, limit: number): Omit<StepProblem, 'step'>[] {
  if (text.trim() === '') return [{ problem: 'text_missing' }];
  if ([...text.trim()].length > limit) return [{ problem: 'text_long' }];
  const parsed = parseMessageText(text);
  if (parsed.ok) return [];
  return parsed.problem === 'unknown_variable' ? [{ problem: 'unknown_variable', variable: parsed.variable }] : [{ problem: 'bad_braces', variable: parsed.near }];
}

const whole = (value: number, low: number, high: number): boolean => Number.isInteger(value) && value >= low && value <= high;

function ruleProblems(form: CampaignForm, now: Date): StepProblem[] {
  const wrong: StepProblem['problem'][] = [];
  if (!whole(form.holdoutPercent, 0, 50)) wrong.push('holdout_range');
  if (form.cap && !(whole(form.cap.messages, 1, 100) && whole(form.cap.days, 1, 90))) wrong.push('cap_range');
  if (form.quiet && form.quiet.from === form.quiet.until) wrong.push('quiet_same');
  if (form.latestUsefulAt && new Date(form.latestUsefulAt) <= now) wrong.push('useful_past');
  if (!whole(form.attributionDays, 1, 90)) wrong.push('attribution_range');
  return wrong.map((problem) => ({ step: 'rules', problem }));
}

/** The input for the server; a rule that is switched off goes as null. */
export function campaignInput(form: CampaignForm, segmentId: string): CampaignInput {
  return {
    name: form.name.trim(),
    goal: form.goal,
    segmentId,
    holdoutPercent: form.holdoutPercent,
    contents: form.rungs.map(contentInput),
    offerId: form.offerId || null,
    capMessages: form.cap?.messages ?? null,
    capDays: form.cap?.days ?? null,
    quietFrom: form.quiet?.from ?? null,
    quietUntil: form.quiet?.until ?? null,
    latestUsefulAt: form.latestUsefulAt || null,
    attributionDays: form.attributionDays,
  };
}

function contentInput({ kind, channelId, templateId, fields, text, mediaId, deadlineHours }: Rung): CampaignInput['contents'][number] {
  if (hasTemplate({ kind })) return { kind, channelId, templateId, fields };
  if (kind === 'contact_task') return { kind, channelId, text: text.trim(), deadlineHours };
  if (kind === 'post' && mediaId.trim() !== '') return { kind, channelId, mediaId: mediaId.trim() };
  return { kind, channelId, text: text.trim() };
}

interface Saved {
  name: string;
  goal: string;
  segment: { id: string };
  holdoutPercent: number;
  contents: { kind: RungKind; channelId: string; template?: { id: string } | null; fields?: unknown; text?: string | null; mediaId?: string | null; deadlineHours?: number | null }[];
  offer?: { id: string } | null;
  capMessages?: number | null;
  capDays?: number | null;
  quietFrom?: string | null;
  quietUntil?: string | null;
  latestUsefulAt?: string | null;
  attributionDays: number;
}

/** A saved draft, back in the wizard. */
export function fromCampaign(saved: Saved): CampaignForm {
  return {
    name: saved.name,
    goal: saved.goal,
    people: { segmentId: saved.segment.id },
    rungs: saved.contents.map((content) => ({
      ...newRung(content.kind, content.channelId),
      templateId: content.template?.id ?? '',
      fields: (content.fields ?? {}) as Values,
      text: content.text ?? '',
      mediaId: content.mediaId ?? '',
      deadlineHours: content.deadlineHours ?? TASK_DEADLINE_HOURS.usual,
    })),
    offerId: saved.offer?.id ?? '',
    holdoutPercent: saved.holdoutPercent,
    cap: saved.capMessages && saved.capDays ? { messages: saved.capMessages, days: saved.capDays } : null,
    quiet: saved.quietFrom && saved.quietUntil ? { from: saved.quietFrom.slice(0, 5), until: saved.quietUntil.slice(0, 5) } : null,
    latestUsefulAt: saved.latestUsefulAt ?? '',
    attributionDays: saved.attributionDays,
  };
}
