// What a message will say: template fields with {{variables}}, filled for a preview and judged by the platform's field rules.
import {
  fieldTypeOf, fillMessageText, MESSAGE_VARIABLES, parseMessageText, whyNotField,
  type FieldProblem, type MessageValues, type MessageVariable, type TemplateField, type TextProblem,
} from '@huiliu/shared';

export const VARIABLES = Object.keys(MESSAGE_VARIABLES) as MessageVariable[];

/** A template field as the API gives it: `type` is a plain string there. */
export interface ApiField { key: string; label: string; type: string }
export type Values = Record<string, string>;
/** One example for each variable. */
export type Samples = Record<MessageVariable, string>;

export type ValueProblem = { kind: 'field'; problem: FieldProblem } | { kind: 'text'; label: string; problem: TextProblem };

/** The text as one person would read it; a text with a mistake in its braces stays as it is. */
export function fill(text: string, samples: MessageValues): string {
  const parsed = parseMessageText(text);
  if (!parsed.ok) return text;
  const filled = fillMessageText(parsed.parts, samples);
  return 'text' in filled ? filled.text : text;
}

/** A variable as it stands in a text, with the words for people who lack it. */
export function asVariable(variable: MessageVariable, fallback?: string): string {
  const words = fallback?.replaceAll(/["{}]/gu, '');
  return words ? `{{${variable} | default: "${words}"}}` : `{{${variable}}}`;
}

/** The first reason why this field would be refused: judged as filled with the samples, and as filled with its fallbacks. */
export function whyNotValue(field: ApiField, value: string | undefined, samples: Samples): ValueProblem | undefined {
  const known = { key: field.key, label: field.label, type: fieldTypeOf(field.key) ?? 'thing' } satisfies TemplateField;
  if (value === undefined || value === '') {
    const missing = whyNotField(known, value);
    return missing && { kind: 'field', problem: missing };
  }
  const parsed = parseMessageText(value);
  if (!parsed.ok) return { kind: 'text', label: field.label, problem: parsed };
  const cases = [fillMessageText(parsed.parts, samples), fillMessageText(parsed.parts, {})];
  for (const filled of cases) {
    const problem = 'text' in filled ? whyNotField(known, filled.text) : undefined;
    if (problem) return { kind: 'field', problem };
  }
  return undefined;
}

/** Problems by field key; empty when the message may be sent. */
export function valueProblems(fields: readonly ApiField[], values: Values, samples: Samples): Record<string, ValueProblem> {
  return Object.fromEntries(fields.flatMap((field) => {
    const problem = whyNotValue(field, values[field.key], samples);
    return problem ? [[field.key, problem]] : [];
  }));
}

/** What is known of the coupon a message leads to; the words for people who hold none yet. */
export interface Hints {
  /** The goal's sentence, at most 20 characters. */
  sentence: string;
  couponName?: string;
  /** As the platform's date fields take it: 2026年12月31日. */
  expires?: string;
  /** As its amount fields take it: 20元. */
  worth?: string;
}

/** First words for each field, so that a merchant who changes nothing still sends a legal message. */
export function suggestValues(fields: readonly ApiField[], hints: Hints): Values {
  const used = new Set<string>();
  return Object.fromEntries(fields.map((field) => {
    const value = suggestValue(field, hints);
    // Two lines that say the same look broken to the reader: the second free-text line takes the goal's sentence.
    const chosen = used.has(value) && isFreeText(field) ? hints.sentence : value;
    used.add(chosen);
    return [field.key, chosen];
  }));
}

const isFreeText = (field: ApiField): boolean => ['thing', 'short_thing'].includes(fieldTypeOf(field.key) ?? 'thing');

function suggestValue(field: ApiField, hints: Hints): string {
  switch (fieldTypeOf(field.key) ?? 'thing') {
    case 'date':
    case 'time':
      return asVariable('coupon.expires_at', hints.expires);
    case 'amount':
      return hints.worth ?? '';
    case 'number':
      return '1';
    case 'phrase':
      return '待使用';
    case 'name':
      return asVariable('customer.name', '顾客');
    case 'thing':
    case 'short_thing':
      return suggestWords(field, hints);
    default:
      return '';
  }
}

function suggestWords(field: ApiField, hints: Hints): string {
  if (/门店|商家|店铺|商户|单位/u.test(field.label)) return asVariable('shop.name');
  if (/券|名称|优惠|活动|权益|奖品|商品|项目/u.test(field.label)) return asVariable('coupon.name', hints.couponName);
  if (/客户|会员|姓名|昵称|用户/u.test(field.label)) return asVariable('customer.name', '顾客');
  return hints.sentence;
}
