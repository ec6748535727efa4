// What a value in a subscription-message template may look like, by the type in its key (thing1 → thing).
// Both the console (while typing) and the server (before sending) judge by this file.

export const TEMPLATE_FIELD_TYPES = [
  'thing', 'number', 'letter', 'symbol', 'character_string', 'time', 'date', 'amount',
  'phone_number', 'car_number', 'name', 'phrase', 'enum', 'enum_string', 'short_thing', 'const',
] as const;

export type TemplateFieldType = (typeof TEMPLATE_FIELD_TYPES)[number];

/** One `{{thing1.DATA}}` line of a template. `options` only for enum types: the values the platform listed. */
export interface TemplateField {
  key: string;
  type: TemplateFieldType;
  label: string;
  options?: string[];
}

export type FieldRule =
  | 'missing' | 'empty' | 'too_long' | 'newline' | 'emoji' | 'bad_characters' | 'bad_format' | 'not_listed' | 'unknown_field';

/** Why one value is refused; `limit` and `length` count characters (code points) where the rule is about length. */
export interface FieldProblem {
  field: string;
  label: string;
  type: TemplateFieldType | undefined;
  rule: FieldRule;
  limit?: number;
  length?: number;
}

interface Rule {
  limit: number;
  /** Undefined: any character but line breaks and emoji. */
  shape?: RegExp;
  wrong: 'bad_characters' | 'bad_format';
}

const DAY = String.raw`\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})`;
const CLOCK = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?`;
const MOMENT = `(?:${DAY} ?)?${CLOCK}`;
const DATED = `${DAY}(?: ?${CLOCK})?`;
const range = (one: string): RegExp => new RegExp(`^${one}(?: ?[~～] ?${one})?$`, 'u');

const ANY: Rule = { limit: 20, wrong: 'bad_characters' };

// Limits as the platform documents them for message/subscribe/send; where it is vague (amount's decimals,
// emoji, the two new types) we take the stricter reading, so that what passes here passes there.
const RULES: Record<TemplateFieldType, Rule> = {
  thing: ANY,
  number: { limit: 32, shape: /^-?\d+(?:\.\d+)?$/u, wrong: 'bad_characters' },
  letter: { limit: 32, shape: /^[A-Za-z]+$/u, wrong: 'bad_characters' },
  symbol: { limit: 5, shape: /^[\p{P}\p{S}]+$/u, wrong: 'bad_characters' },
  character_string: { limit: 32, shape: /^[\x20-\x7e]+$/u, wrong: 'bad_characters' },
  time: { limit: 64, shape: range(MOMENT), wrong: 'bad_format' },
  date: { limit: 64, shape: range(DATED), wrong: 'bad_format' },
  amount: { limit: 10, shape: /^[¥￥$€£]?\d+(?:\.\d+)?元?$/u, wrong: 'bad_format' },
  phone_number: { limit: 17, shape: /^[\d+\-() ]+$/u, wrong: 'bad_characters' },
  car_number: { limit: 8, shape: /^[\p{Script=Han}A-Za-z0-9][A-Za-z0-9]*[\p{Script=Han}A-Za-z0-9]?$/u, wrong: 'bad_format' },
  name: { limit: 10, shape: /^[\p{Script=Han}A-Za-z\p{P}\p{S} ]+$/u, wrong: 'bad_characters' },
  phrase: { limit: 5, shape: /^\p{Script=Han}+$/u, wrong: 'bad_characters' },
  enum: ANY,
  enum_string: ANY,
  short_thing: ANY,
  const: ANY,
};

const EMOJI = /\p{Extended_Pictographic}|[\u{1F1E6}-\u{1F1FF}]|\u200d|\ufe0f|\u20e3/u;
const HAN = /\p{Script=Han}/u;

/** The type a key names (`character_string12` → `character_string`), or undefined when the platform has a newer one. */
export function fieldTypeOf(key: string): TemplateFieldType | undefined {
  const name = key.replace(/\d+$/u, '');
  return TEMPLATE_FIELD_TYPES.find((type) => type === name);
}

/** The longest value this type takes: characters, or digits for number and amount. Letters-only names may be twice as long. */
export function fieldLimit(type: TemplateFieldType, value = ''): number {
  return type === 'name' && value !== '' && !HAN.test(value) ? 20 : RULES[type].limit;
}

/** The first reason the platform would refuse this value, or undefined. */
export function whyNotField(field: TemplateField, value: string | undefined): FieldProblem | undefined {
  const problem = (rule: FieldRule, more: Partial<FieldProblem> = {}): FieldProblem => ({
    field: field.key, label: field.label, type: field.type, rule, ...more,
  });
  if (value === undefined) return problem('missing');
  if (value.trim() === '') return problem('empty');
  if (/[\r\n\u2028\u2029]/u.test(value)) return problem('newline');
  if (field.options && field.options.length > 0) {
    return field.options.includes(value) ? undefined : problem('not_listed');
  }
  const rule = RULES[field.type];
  if (EMOJI.test(value)) return problem('emoji');
  const limit = fieldLimit(field.type, value);
  const length = lengthFor(field.type, value);
  if (length > limit) return problem('too_long', { limit, length });
  return rule.shape === undefined || rule.shape.test(value) ? undefined : problem(rule.wrong, { limit });
}

/** Every problem of one message: fields that are missing or wrong, and keys the template does not have. */
export function templateProblems(fields: readonly TemplateField[], data: Readonly<Record<string, string>>): FieldProblem[] {
  const known = new Set(fields.map((field) => field.key));
  const wrong = fields.flatMap((field) => whyNotField(field, data[field.key]) ?? []);
  const extra = Object.keys(data)
    .filter((key) => !known.has(key))
    .map((key): FieldProblem => ({ field: key, label: key, type: fieldTypeOf(key), rule: 'unknown_field' }));
  return [...wrong, ...extra];
}

/**
 * Makes free text fit: line breaks become spaces, emoji go, what is too long ends in "…" (which counts).
 * For typed fields (amount, time…) cutting would change the meaning, so they come back trimmed only.
 */
export function fitField(type: TemplateFieldType, value: string): string {
  const clean = value.replace(/\s+/gu, ' ').trim();
  if (type !== 'thing' && type !== 'short_thing' && type !== 'name') return clean;
  const plain = clean.replace(new RegExp(EMOJI.source, 'gu'), '').trim();
  const letters = Array.from(plain);
  const limit = fieldLimit(type, plain);
  return letters.length <= limit ? plain : `${letters.slice(0, limit - 1).join('')}…`;
}

function lengthFor(type: TemplateFieldType, value: string): number {
  return type === 'number' || type === 'amount' ? value.replace(/\D/gu, '').length : Array.from(value).length;
}

const SAYS: Record<FieldRule, { zh: (p: FieldProblem) => string; en: (p: FieldProblem) => string }> = {
  missing: { zh: () => '还没有填写', en: () => 'is not filled in' },
  empty: { zh: () => '不能为空', en: () => 'cannot be empty' },
  too_long: {
    zh: (p) => `最多 ${p.limit} 个${DIGITS.has(p.type) ? '数字' : '字'}，现在有 ${p.length} 个，请缩短`,
    en: (p) => `takes at most ${p.limit} ${DIGITS.has(p.type) ? 'digits' : 'characters'}, it has ${p.length}; shorten it`,
  },
  newline: { zh: () => '不能换行，请写成一行', en: () => 'must be on one line' },
  emoji: { zh: () => '不能用表情符号，请删掉', en: () => 'cannot contain emoji; remove them' },
  bad_characters: { zh: (p) => `只能填${kindOf(p).zh}`, en: (p) => `takes ${kindOf(p).en} only` },
  bad_format: { zh: (p) => `格式不对，应是${kindOf(p).zh}`, en: (p) => `has the wrong format; write ${kindOf(p).en}` },
  not_listed: { zh: () => '只能从模板给出的选项里选一个', en: () => 'must be one of the options of the template' },
  unknown_field: { zh: () => '不在这个模板里，请删掉', en: () => 'is not part of this template; remove it' },
};

const DIGITS = new Set<TemplateFieldType | undefined>(['number', 'amount']);

const KINDS: Record<TemplateFieldType, { zh: string; en: string }> = {
  thing: { zh: '20 个字以内的文字', en: 'text of up to 20 characters' },
  number: { zh: '数字，可带小数', en: 'a number, decimals allowed' },
  letter: { zh: '英文字母', en: 'Latin letters' },
  symbol: { zh: '5 个以内的符号', en: 'up to 5 symbols' },
  character_string: { zh: '数字、字母或符号，不能有汉字', en: 'digits, letters or symbols, no Chinese' },
  time: { zh: '24 小时制时间，如 15:01 或 2026年10月1日 15:01', en: 'a 24-hour time such as 15:01 or 2026-10-01 15:01' },
  date: { zh: '日期，如 2026年10月1日', en: 'a date such as 2026-10-01' },
  amount: { zh: '金额，如 ¥99.50 或 99元', en: 'an amount such as ¥99.50' },
  phone_number: { zh: '电话号码', en: 'a phone number' },
  car_number: { zh: '车牌号，如 粤A8Z888', en: 'a plate number' },
  name: { zh: '10 个以内的汉字，或 20 个以内的字母', en: 'up to 10 Chinese characters or 20 letters' },
  phrase: { zh: '5 个以内的汉字', en: 'up to 5 Chinese characters' },
  enum: { zh: '模板给出的选项', en: 'an option of the template' },
  enum_string: { zh: '模板给出的选项', en: 'an option of the template' },
  short_thing: { zh: '20 个字以内的文字', en: 'text of up to 20 characters' },
  const: { zh: '20 个字以内的文字', en: 'text of up to 20 characters' },
};

function kindOf(problem: FieldProblem): { zh: string; en: string } {
  return KINDS[problem.type ?? 'thing'];
}

/** The sentence a merchant reads, beginning with the field's own label. */
export function fieldProblemText(problem: FieldProblem, lang: 'zh' | 'en'): string {
  const says = SAYS[problem.rule][lang](problem);
  return lang === 'zh' ? `「${problem.label}」${says}` : `"${problem.label}" ${says}`;
}

/** What a field takes, for the hint under an input. */
export function fieldHint(type: TemplateFieldType, lang: 'zh' | 'en'): string {
  return KINDS[type][lang];
}
