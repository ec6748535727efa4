// What a message will say: template fields with {{variables}}, filled for a preview and judged by the platform's field rules.
import { fieldTypeOf, whyNotField, type FieldProblem, type TemplateField } from '@huiliu/shared';

/** The variables a field may carry; the server fills the same four for each person. */
export const VARIABLES = ['customer.name', 'coupon.name', 'coupon.expires_at', 'shop.name'] as const;
export type Variable = (typeof VARIABLES)[number];
export type Samples = Record<Variable, string>;

/** A template field as the API gives it: `type` is a plain string there. */
export interface ApiField { key: string; label: string; type: string }
export type Values = Record<string, string>;

export type ValueProblem =
  | { kind: 'field'; problem: FieldProblem }
  | { kind: 'variable'; field: string; label: string; variable: string };

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/gu;

const isVariable = (name: string): name is Variable => (VARIABLES as readonly string[]).includes(name);

/** The text with each known variable replaced by its sample; unknown ones stay, so that they are seen. */
export function fill(text: string, samples: Samples): string {
  return text.replace(VARIABLE, (whole, name: string) => (isVariable(name) ? samples[name] : whole));
}

/** Variables in the text that nobody can fill. */
export function unknownVariables(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '').filter((name) => !isVariable(name));
}

/** A variable as it stands in a text. */
export const asVariable = (variable: Variable): string => `{{${variable}}}`;

/** The first reason why this field would be refused, judged on the filled text. */
export function whyNotValue(field: ApiField, value: string | undefined, samples: Samples): ValueProblem | undefined {
  const [unknown] = unknownVariables(value ?? '');
  if (unknown !== undefined) return { kind: 'variable', field: field.key, label: field.label, variable: unknown };
  const problem = whyNotField(toTemplateField(field), value === undefined ? undefined : fill(value, samples));
  return problem && { kind: 'field', problem };
}

/** Problems by field key; empty when the message may be sent. */
export function valueProblems(fields: readonly ApiField[], values: Values, samples: Samples): Record<string, ValueProblem> {
  return Object.fromEntries(fields.flatMap((field) => {
    const problem = whyNotValue(field, values[field.key], samples);
    return problem ? [[field.key, problem]] : [];
  }));
}

/** First words for each field, so that a merchant who changes nothing still sends a legal message. `hint` is the goal's sentence. */
export function suggestValues(fields: readonly ApiField[], hint: string, worth: string): Values {
  const used = new Set<string>();
  return Object.fromEntries(fields.map((field) => {
    const value = suggestValue(field, hint, worth);
    // Two lines that say the same look broken to the reader: the second free-text line takes the hint.
    const chosen = used.has(value) && freeText(field) ? hint : value;
    used.add(chosen);
    return [field.key, chosen];
  }));
}

function suggestValue(field: ApiField, hint: string, worth: string): string {
  const type = fieldTypeOf(field.key) ?? 'thing';
  if (type === 'date') return asVariable('coupon.expires_at');
  if (type === 'time') return `${asVariable('coupon.expires_at')} 23:59`;
  if (type === 'amount') return worth;
  if (type === 'number') return '1';
  if (type === 'phrase') return '待使用';
  if (type === 'name') return asVariable('customer.name');
  if (!freeText(field)) return '';
  if (/门店|商家|店铺|商户|单位/u.test(field.label)) return asVariable('shop.name');
  if (/券|名称|优惠|活动|权益|奖品|商品|项目/u.test(field.label)) return asVariable('coupon.name');
  if (/客户|会员|姓名|昵称|用户/u.test(field.label)) return asVariable('customer.name');
  return hint;
}

const freeText = (field: ApiField): boolean => ['thing', 'short_thing'].includes(fieldTypeOf(field.key) ?? 'thing');

function toTemplateField(field: ApiField): TemplateField {
  return { key: field.key, label: field.label, type: fieldTypeOf(field.key) ?? 'thing' };
}
