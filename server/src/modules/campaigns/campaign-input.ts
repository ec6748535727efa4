// Reads what the wizard sends: the shape of a campaign, each complaint naming its field and the fix.
import { TASK_DEADLINE_HOURS, TASK_TEXT_LIMIT } from '@huiliu/shared';
import type { CampaignContent } from './campaign.js';

export const GOALS = ['wake_sleepers', 'before_expiry', 'new_to_member', 'birthday', 'launch', 'custom'] as const;
const MAX_RUNGS = 6;
const MAX_WINDOW_TEXT = 600;

export interface ContentInput {
  kind: CampaignContent['kind'];
  channelId: string;
  templateId?: string | null;
  fields?: unknown;
  text?: string | null;
  mediaId?: string | null;
  deadlineHours?: number | null;
}

export interface CampaignInput {
  name: string;
  goal?: string | null;
  segmentId: string;
  holdoutPercent?: number | null;
  contents: readonly ContentInput[];
  offerId?: string | null;
  capMessages?: number | null;
  capDays?: number | null;
  quietFrom?: string | null;
  quietUntil?: string | null;
  latestUsefulAt?: Date | string | null;
  attributionDays?: number | null;
}

/** A campaign as its merchant wrote it, checked and complete. */
export interface CampaignDraft {
  name: string;
  goal: string;
  segmentId: string;
  holdoutPercent: number;
  contents: CampaignContent[];
  offerId: string | null;
  capMessages: number | null;
  capDays: number | null;
  quietFrom: string | null;
  quietUntil: string | null;
  latestUsefulAt: Date | null;
  attributionDays: number;
}

export interface InputProblem {
  field: string;
  problem: string;
  /** An English sentence that names the field and the fix. */
  message: string;
}
export type ReadCampaign = { ok: true; draft: CampaignDraft } | { ok: false; problem: InputProblem };

/** The first thing wrong with the input, or the draft. References (segment, channel, template, offer) are the service's to check. */
export function readCampaign(input: CampaignInput, now: Date): ReadCampaign {
  const problem = whyNotInput(input, now);
  if (problem) return { ok: false, problem };
  const hasCap = input.capMessages != null;
  const isQuiet = input.quietFrom != null;
  return {
    ok: true,
    draft: {
      name: input.name.trim(),
      goal: input.goal ?? 'custom',
      segmentId: input.segmentId,
      holdoutPercent: input.holdoutPercent ?? 0,
      contents: input.contents.map(readContent),
      offerId: input.offerId ?? null,
      capMessages: input.capMessages ?? null,
      capDays: hasCap ? (input.capDays ?? null) : null,
      quietFrom: input.quietFrom ?? null,
      quietUntil: isQuiet ? (input.quietUntil ?? null) : null,
      latestUsefulAt: input.latestUsefulAt == null ? null : new Date(input.latestUsefulAt),
      attributionDays: input.attributionDays ?? 7,
    },
  };
}

function whyNotInput(input: CampaignInput, now: Date): InputProblem | undefined {
  const letters = [...input.name.trim()].length;
  if (letters < 1 || letters > 40) return bad('name', 'length', 'write 1 to 40 characters');
  if (input.goal != null && !(GOALS as readonly string[]).includes(input.goal)) return bad('goal', 'unknown', `choose one of ${GOALS.join(', ')}`);
  return (
    whole(input.holdoutPercent, { field: 'holdoutPercent', from: 0, to: 50, unit: 'percent' }) ??
    whole(input.attributionDays, { field: 'attributionDays', from: 1, to: 90, unit: 'days' }) ??
    whyNotCap(input) ??
    whyNotQuiet(input) ??
    whyNotLatest(input.latestUsefulAt, now) ??
    whyNotLadder(input.contents)
  );
}

function whyNotCap(input: CampaignInput): InputProblem | undefined {
  if (input.capMessages != null && input.capDays == null) return bad('capDays', 'missing', 'say in how many days, or leave capMessages out too');
  if (input.capMessages == null && input.capDays != null) return bad('capMessages', 'missing', 'say how many messages, or leave capDays out too');
  return (
    whole(input.capMessages, { field: 'capMessages', from: 1, to: 100, unit: 'messages' }) ??
    whole(input.capDays, { field: 'capDays', from: 1, to: 90, unit: 'days' })
  );
}

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;

function whyNotQuiet({ quietFrom: from, quietUntil: until }: CampaignInput): InputProblem | undefined {
  if (from == null && until == null) return undefined;
  if (from == null || !CLOCK.test(from)) return bad('quietFrom', 'not_a_time', 'write the start as HH:MM, for example 22:00');
  if (until == null || !CLOCK.test(until)) return bad('quietUntil', 'not_a_time', 'write the end as HH:MM, for example 09:00');
  return from === until ? bad('quietUntil', 'same_as_start', 'must differ from quietFrom, or leave both out to have no quiet hours') : undefined;
}

function whyNotLatest(value: Date | string | null | undefined, now: Date): InputProblem | undefined {
  if (value == null) return undefined;
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return bad('latestUsefulAt', 'not_a_time', 'write an instant, for example 2026-11-30T21:00:00+08:00');
  return at <= now ? bad('latestUsefulAt', 'past', 'must lie in the future, or leave it out') : undefined;
}

function whyNotLadder(contents: readonly ContentInput[]): InputProblem | undefined {
  if (contents.length < 1 || contents.length > MAX_RUNGS) return bad('contents', 'count', `write 1 to ${MAX_RUNGS} messages`);
  const seen = new Map<string, number>();
  for (const [index, content] of contents.entries()) {
    const problem = whyNotContent(content, `contents[${index}]`);
    if (problem) return problem;
    const key = `${content.kind}:${content.channelId}:${content.kind === 'subscription' || content.kind === 'template' ? content.templateId : ''}`;
    const twin = seen.get(key);
    if (twin !== undefined) return bad(`contents[${index}]`, 'repeated', `uses the same permit as contents[${twin}]; remove one of them`);
    seen.set(key, index);
  }
  return undefined;
}

function whyNotContent(content: ContentInput, path: string): InputProblem | undefined {
  if (content.kind === 'window') return whyNotText(content.text, path, MAX_WINDOW_TEXT);
  if (content.kind === 'contact_task') {
    const hours = { field: `${path}.deadlineHours`, from: TASK_DEADLINE_HOURS.fewest, to: TASK_DEADLINE_HOURS.most, unit: 'hours' };
    return whyNotText(content.text, path, TASK_TEXT_LIMIT) ?? whole(content.deadlineHours, hours);
  }
  if (content.kind === 'post') return whyNotPost(content, path);
  return whyNotTemplate(content, path);
}

function whyNotText(text: string | null | undefined, path: string, most: number): InputProblem | undefined {
  const letters = [...(text ?? '').trim()].length;
  return letters < 1 || letters > most ? bad(`${path}.text`, 'length', `write 1 to ${most} characters`) : undefined;
}

/** A text, or an article. */
function whyNotPost({ text, mediaId }: ContentInput, path: string): InputProblem | undefined {
  if ((mediaId ?? '').trim() === '') return whyNotText(text, path, MAX_WINDOW_TEXT);
  return (text ?? '').trim() === '' ? undefined : bad(`${path}.text`, 'two_contents', 'leave the text out when the post is an article');
}

function whyNotTemplate(content: ContentInput, path: string): InputProblem | undefined {
  if (content.templateId == null) return bad(`${path}.templateId`, 'missing', 'choose a message template');
  const { fields } = content;
  const isTexts = typeof fields === 'object' && fields !== null && !Array.isArray(fields) && Object.values(fields).every((value) => typeof value === 'string');
  return isTexts ? undefined : bad(`${path}.fields`, 'not_texts', 'give one text per template field, for example {"thing1": "…"}');
}

function readContent(content: ContentInput): CampaignContent {
  if (content.kind === 'window') return { kind: 'window', channelId: content.channelId, text: (content.text ?? '').trim() };
  const text = (content.text ?? '').trim();
  if (content.kind === 'contact_task') return { kind: 'contact_task', channelId: content.channelId, text, deadlineHours: content.deadlineHours ?? TASK_DEADLINE_HOURS.usual };
  if (content.kind === 'post') {
    const mediaId = (content.mediaId ?? '').trim();
    return { kind: 'post', channelId: content.channelId, ...(mediaId === '' ? { text } : { mediaId }) };
  }
  return { kind: content.kind, channelId: content.channelId, templateId: content.templateId ?? '', fields: content.fields as Record<string, string> };
}

interface Range {
  field: string;
  from: number;
  to: number;
  unit: string;
}

function whole(value: number | null | undefined, { field, from, to, unit }: Range): InputProblem | undefined {
  if (value == null || (Number.isInteger(value) && value >= from && value <= to)) return undefined;
  return bad(field, 'out_of_range', `must be between ${from} and ${to} ${unit}`);
}

function bad(field: string, problem: string, says: string): InputProblem {
  return { field, problem, message: `${field}: ${says}` };
}
