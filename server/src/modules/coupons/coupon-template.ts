// What makes a coupon template valid: each refusal names the field and the fix.
import type { CouponKind } from './coupon.js';

export interface TemplateInput {
  name: string;
  kind: CouponKind;
  valueFen?: number | null;
  percentOff?: number | null;
  maxDiscountFen?: number | null;
  exchangeItem?: string | null;
  minSpendFen?: number | null;
  stock: number;
  perPersonLimit?: number | null;
  validity: 'fixed' | 'relative';
  validFrom?: Date | null;
  validUntil?: Date | null;
  validDays?: number | null;
  usageNotes?: string | null;
}

export interface TemplateUpdate {
  name?: string | null;
  usageNotes?: string | null;
  addStock?: number | null;
}

export interface FieldProblem {
  field: string;
  problem: string;
  message: string;
  more?: Record<string, unknown>;
}

export const MAX_STOCK = 100_000_000;
/** A million yuan: more is a slip of the finger. */
export const MAX_FEN = 100_000_000;

type Check = FieldProblem | undefined | false;

const problem = (field: string, key: string, message: string, more?: Record<string, unknown>): FieldProblem => ({ field, problem: key, message, more });

const length = (text: string): number => [...text.trim()].length;

const isWholeIn = (value: number | null | undefined, from: number, to: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;

/** The first thing wrong with a new template, or undefined. */
export function templateProblem(input: TemplateInput, now: Date): FieldProblem | undefined {
  return firstOf([nameProblem(input.name), ...valueChecks(input), ...limitChecks(input), validityProblem(input, now), notesProblem(input.usageNotes)]);
}

/** The first thing wrong with a change, or undefined. `stock` is what the template has now. */
export function updateProblem(input: TemplateUpdate, stock: number): FieldProblem | undefined {
  const { addStock, name } = input;
  return firstOf([
    name !== undefined && name !== null && nameProblem(name),
    notesProblem(input.usageNotes),
    addStock !== undefined && addStock !== null && !isWholeIn(addStock, 1, MAX_STOCK - stock)
      && problem('addStock', 'out_of_range', `addStock must be a whole number from 1 to ${MAX_STOCK - stock}. Stock can only grow; archive the coupon to stop it.`, { min: 1, max: MAX_STOCK - stock }),
  ]);
}

const firstOf = (checks: readonly Check[]): FieldProblem | undefined => checks.find((check) => Boolean(check)) || undefined;

function nameProblem(name: string): Check {
  if (length(name) === 0) return problem('name', 'required', 'name must not be empty. Write what the customer gets, for example "8折券".');
  return length(name) > 40 && problem('name', 'too_long', 'name must have at most 40 characters. Shorten it.', { max: 40 });
}

function valueChecks(input: TemplateInput): Check[] {
  const only = (field: keyof TemplateInput, kind: CouponKind): Check =>
    input.kind !== kind && input[field] !== undefined && input[field] !== null
      && problem(field, 'not_for_kind', `${field} belongs to kind ${kind} only. Leave it out for kind ${input.kind}.`, { kind: input.kind });
  return [
    input.kind === 'amount' && !isWholeIn(input.valueFen, 1, MAX_FEN)
      && problem('valueFen', 'out_of_range', `valueFen must be a whole number from 1 to ${MAX_FEN} (fen). Give what the coupon takes off.`, { min: 1, max: MAX_FEN }),
    input.kind === 'percent' && !isWholeIn(input.percentOff, 1, 99)
      && problem('percentOff', 'out_of_range', 'percentOff must be a whole number from 1 to 99; 20 means 20% off (8折).', { min: 1, max: 99 }),
    input.kind === 'exchange' && length(input.exchangeItem ?? '') === 0
      && problem('exchangeItem', 'required', 'exchangeItem must say what the customer gets. Name the thing.'),
    length(input.exchangeItem ?? '') > 40 && problem('exchangeItem', 'too_long', 'exchangeItem must have at most 40 characters. Shorten it.', { max: 40 }),
    only('valueFen', 'amount'), only('percentOff', 'percent'), only('maxDiscountFen', 'percent'), only('exchangeItem', 'exchange'),
    input.maxDiscountFen !== undefined && input.maxDiscountFen !== null && !isWholeIn(input.maxDiscountFen, 1, MAX_FEN)
      && problem('maxDiscountFen', 'out_of_range', `maxDiscountFen must be a whole number from 1 to ${MAX_FEN} (fen), or left out for no limit.`, { min: 1, max: MAX_FEN }),
  ];
}

function limitChecks(input: TemplateInput): Check[] {
  const minSpend = input.minSpendFen ?? 0;
  return [
    !isWholeIn(minSpend, 0, MAX_FEN) && problem('minSpendFen', 'out_of_range', `minSpendFen must be a whole number from 0 to ${MAX_FEN} (fen); 0 means no minimum.`, { min: 0, max: MAX_FEN }),
    input.kind === 'amount' && minSpend > 0 && minSpend < (input.valueFen ?? 0)
      && problem('minSpendFen', 'below_value', 'minSpendFen must not be below valueFen: the coupon would be worth more than the order. Raise it, or use 0.', { valueFen: input.valueFen }),
    !isWholeIn(input.stock, 1, MAX_STOCK) && problem('stock', 'out_of_range', `stock must be a whole number from 1 to ${MAX_STOCK}.`, { min: 1, max: MAX_STOCK }),
    !isWholeIn(input.perPersonLimit ?? 1, 1, 100) && problem('perPersonLimit', 'out_of_range', 'perPersonLimit must be a whole number from 1 to 100.', { min: 1, max: 100 }),
  ];
}

function validityProblem(input: TemplateInput, now: Date): Check {
  if (input.validity === 'relative') return relativeProblem(input);
  if (!input.validUntil) return problem('validUntil', 'required', 'validUntil must be given with validity fixed. Say when the coupon ends.');
  if (input.validDays !== undefined && input.validDays !== null) return problem('validDays', 'not_for_validity', 'validDays belongs to validity relative only. Leave it out.');
  if (input.validFrom && input.validFrom >= input.validUntil) {
    return problem('validUntil', 'before_start', 'validUntil must be after validFrom. Move the end later or the start earlier.', { validFrom: input.validFrom });
  }
  return input.validUntil <= now && problem('validUntil', 'in_past', 'validUntil has passed already. Choose a later end.');
}

function relativeProblem(input: TemplateInput): Check {
  if (!isWholeIn(input.validDays, 1, 3650)) return problem('validDays', 'out_of_range', 'validDays must be a whole number from 1 to 3650.', { min: 1, max: 3650 });
  if (input.validFrom) return problem('validFrom', 'not_for_validity', 'validFrom belongs to validity fixed only. Leave it out.');
  return Boolean(input.validUntil) && problem('validUntil', 'not_for_validity', 'validUntil belongs to validity fixed only. Leave it out.');
}

function notesProblem(notes: string | null | undefined): Check {
  return length(notes ?? '') > 500 && problem('usageNotes', 'too_long', 'usageNotes must have at most 500 characters. Shorten them.', { max: 500 });
}
