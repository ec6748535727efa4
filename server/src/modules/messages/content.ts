// What a rung of the ladder says: checked when it is saved, filled for one person when it is sent.
import {
  fieldProblemText, fillMessageText, fitField, parseMessageText, requiredVariables, sampleValues, TASK_DEADLINE_HOURS, TASK_TEXT_LIMIT, whyNotField,
  type MessageValues, type MessageVariable, type TemplateField,
} from '@huiliu/shared';
import { hasTemplate, isBatch, type BatchRung, type Rung } from './plan.js';

/** One thing wrong with the ladder; `field` is a template field's key, `text`, `templateId`, or ''. */
export interface ContentProblem {
  rung: number;
  field: string;
  /** Key of the problem: a field rule, unknown_variable, bad_braces, missing, template_unknown, too_long, empty. */
  problem: string;
  zh: string;
  en: string;
}

/** The platform counts 2,048 bytes; a Chinese character is three. */
export const WINDOW_TEXT_LIMIT = 600;
export const MOST_RUNGS = 8;

type Say = Omit<ContentProblem, 'rung'>;

/** Everything wrong with a ladder. `fieldsOf`: a template's fields by our id, undefined when it is gone. */
export function contentProblems(rungs: readonly Rung[], fieldsOf: (templateId: string) => readonly TemplateField[] | undefined): ContentProblem[] {
  if (rungs.length === 0) return [{ rung: 0, field: '', problem: 'empty', zh: '至少要写一条消息', en: 'Write at least one message' }];
  if (rungs.length > MOST_RUNGS) return [{ rung: MOST_RUNGS, field: '', problem: 'too_many', zh: `最多 ${MOST_RUNGS} 条`, en: `At most ${MOST_RUNGS} messages` }];
  return rungs.flatMap((rung, index) => problemsOf(rung, fieldsOf).map((problem) => ({ rung: index, ...problem })));
}

function problemsOf(rung: Rung, fieldsOf: (templateId: string) => readonly TemplateField[] | undefined): Say[] {
  if (isBatch(rung)) return batchProblems(rung);
  if (rung.kind === 'window') return plainProblems(rung.text, WINDOW_TEXT_LIMIT);
  const fields = fieldsOf(rung.templateId);
  if (!fields) return [{ field: 'templateId', problem: 'template_unknown', zh: '消息模板不存在或已停用，请重新选择', en: 'The template is gone; choose another' }];
  const known = new Set(fields.map((field) => field.key));
  const extra = Object.keys(rung.fields).filter((key) => !known.has(key));
  return [
    ...fields.flatMap((field) => fieldProblems(field, rung.fields[field.key])),
    ...extra.map((key): Say => ({ field: key, problem: 'unknown_field', zh: `「${key}」不在这个模板里，请删掉`, en: `"${key}" is not part of this template; remove it` })),
  ];
}

function batchProblems(rung: BatchRung): Say[] {
  if (rung.kind === 'post' && rung.mediaId !== undefined && rung.mediaId !== '') {
    const hasText = (rung.text ?? '').trim() !== '';
    return hasText ? [{ field: 'text', problem: 'two_contents', zh: '群发只能选一种内容：文字或图文，请删掉一个', en: 'A post is either a text or an article; remove one' }] : [];
  }
  const problems = plainProblems(rung.text ?? '', rung.kind === 'post' ? WINDOW_TEXT_LIMIT : TASK_TEXT_LIMIT);
  if (problems.length > 0) return problems;
  if (namesPerson(rung.text ?? '')) return [{ field: 'text', problem: 'personal_variable', zh: '所有人收到的内容相同，不能使用客户姓名或优惠券变量', en: 'Everybody reads the same text; take the variables of a person out' }];
  return rung.kind === 'post' ? [] : deadlineProblems(rung.deadlineHours);
}

function namesPerson(text: string): boolean {
  const parsed = parseMessageText(text);
  return parsed.ok && parsed.parts.some((part) => typeof part !== 'string' && part.name !== 'shop.name');
}

function deadlineProblems(hours: number): Say[] {
  const { fewest, most } = TASK_DEADLINE_HOURS;
  const isWithin = Number.isInteger(hours) && hours >= fewest && hours <= most;
  return isWithin ? [] : [{ field: 'deadlineHours', problem: 'out_of_range', zh: `等待确认的时间应为 ${fewest} 到 ${most} 小时`, en: `Wait for confirmation between ${fewest} and ${most} hours` }];
}

function plainProblems(text: string, limit: number): Say[] {
  if (text.trim() === '') return [{ field: 'text', problem: 'empty', zh: '消息内容不能为空', en: 'The message is empty' }];
  const length = [...text].length;
  if (length > limit) return [{ field: 'text', problem: 'too_long', zh: `最多 ${limit} 个字，现在有 ${length} 个`, en: `At most ${limit} characters, it has ${length}` }];
  return textProblems('text', text);
}

function fieldProblems(field: TemplateField, text: string | undefined): Say[] {
  const wrong = (value: string | undefined): Say[] => {
    const problem = whyNotField(field, value);
    return problem ? [{ field: field.key, problem: problem.rule, zh: fieldProblemText(problem, 'zh'), en: fieldProblemText(problem, 'en') }] : [];
  };
  if (text === undefined || text.trim() === '') return wrong(text);
  const bad = textProblems(field.key, text);
  if (bad.length > 0) return bad;
  // Judged as most people will read it, and as those read it whom we know nothing of: each fallback must fit as well.
  const samples = [fill(text, sampleValues()), fill(text, {})].flatMap((filled) => ('text' in filled ? [filled.text] : []));
  return samples.flatMap(wrong).slice(0, 1);
}

function textProblems(field: string, text: string): Say[] {
  const parsed = parseMessageText(text);
  if (parsed.ok) return [];
  if (parsed.problem === 'unknown_variable') {
    return [{ field, problem: 'unknown_variable', zh: `没有「${parsed.variable}」这个变量，请从列表里选`, en: `There is no variable "${parsed.variable}"; choose one from the list` }];
  }
  return [{ field, problem: 'bad_braces', zh: `「${parsed.near}」附近的变量写法不对，应是 {{customer.name}}`, en: `The variable near "${parsed.near}" is malformed; write {{customer.name}}` }];
}

function fill(text: string, values: MessageValues): { text: string } | { missing: MessageVariable } {
  const parsed = parseMessageText(text);
  return parsed.ok ? fillMessageText(parsed.parts, values) : { text };
}

/** Which facts of a person a rung cannot do without. */
export function needsOf(rung: Rung): { name: boolean; coupon: boolean } {
  const names = textsOf(rung).flatMap((text) => {
    const parsed = parseMessageText(text);
    return parsed.ok ? requiredVariables(parsed.parts) : [];
  });
  return { name: names.includes('customer.name'), coupon: names.some((name) => name.startsWith('coupon.')) };
}

/** Every text of a rung, with its variables. */
export function textsOf(rung: Rung): string[] {
  return hasTemplate(rung) ? Object.values(rung.fields) : [rung.text ?? ''];
}

/** What everybody of a batch reads. */
export function batchText(rung: BatchRung, shopName: string): string {
  const filled = fill(rung.text ?? '', { 'shop.name': shopName });
  return 'text' in filled ? filled.text : (rung.text ?? '');
}

export type Filled =
  | { ok: true; kind: 'window'; text: string }
  | { ok: true; kind: 'template'; data: Record<string, string>; isClipped: boolean }
  | { ok: false; reason: 'variable_missing' | 'field_invalid'; field: string };

/**
 * A rung for one person. Free text that grew too long with the person's own values is shortened and marked as clipped; a typed value
 * that does not fit is never bent: the message fails and names the field.
 */
export function fillRung(rung: Rung, fields: readonly TemplateField[], values: MessageValues): Filled {
  if (!hasTemplate(rung)) {
    const filled = fill(rung.text ?? '', values);
    return 'text' in filled ? { ok: true, kind: 'window', text: filled.text } : { ok: false, reason: 'variable_missing', field: 'text' };
  }
  const data: Record<string, string> = {};
  let isClipped = false;
  for (const field of fields) {
    const filled = fill(rung.fields[field.key] ?? '', values);
    if ('missing' in filled) return { ok: false, reason: 'variable_missing', field: field.key };
    if (!whyNotField(field, filled.text)) {
      data[field.key] = filled.text;
      continue;
    }
    const fitted = fitField(field.type, filled.text);
    if (whyNotField(field, fitted)) return { ok: false, reason: 'field_invalid', field: field.key };
    data[field.key] = fitted;
    isClipped = true;
  }
  return { ok: true, kind: 'template', data, isClipped };
}
