// The coupon form: what a merchant fills in, what is wrong with it in words, and what goes to the server.
import { computed, reactive, ref } from 'vue';
import type { CouponTemplateInput } from '../../api/generated/graphql.ts';
import type { CouponFace } from '../../pickers/coupon-text.ts';

/** Days are 'YYYY-MM-DD' in the merchant's zone; money is fen. */
export interface CouponForm {
  name: string;
  kind: 'amount' | 'percent' | 'exchange';
  valueFen: number | null;
  percentOff: number | null;
  maxDiscountFen: number | null;
  exchangeItem: string;
  minSpendFen: number | null;
  stock: number | null;
  perPersonLimit: number | null;
  validity: 'fixed' | 'relative';
  from: string;
  until: string;
  validDays: number | null;
  usageNotes: string;
}
export type CouponField = keyof CouponForm;
/** Keys of coupons.problems.* */
export type CouponProblem =
  | 'name_missing' | 'name_long' | 'value_missing' | 'value_above_spend' | 'percent_range' | 'item_missing' | 'stock_missing'
  | 'limit_range' | 'until_missing' | 'until_past' | 'until_before_from' | 'days_range' | 'notes_long';

/** First and last instant of a day in the merchant's zone, as ISO strings. */
export interface Days { startOf(day: string): string; endOf(day: string): string; today(): string }

export function emptyCoupon(): CouponForm {
  return {
    name: '', kind: 'amount', valueFen: 2000, percentOff: 20, maxDiscountFen: null, exchangeItem: '', minSpendFen: 10000,
    stock: 1000, perPersonLimit: 1, validity: 'relative', from: '', until: '', validDays: 7, usageNotes: '',
  };
}

const between = (value: number | null, low: number, high: number): boolean => value !== null && Number.isInteger(value) && value >= low && value <= high;

/** What is wrong, field by field; empty when it can be saved. */
export function couponProblems(form: CouponForm, today: string): Partial<Record<CouponField, CouponProblem>> {
  return { ...nameProblems(form), ...worthProblems(form), ...amountProblems(form), ...validityProblems(form, today) };
}

function nameProblems(form: CouponForm): Partial<Record<CouponField, CouponProblem>> {
  const name = form.name.trim();
  if (name === '') return { name: 'name_missing' };
  return [...name].length > 40 ? { name: 'name_long' } : {};
}

function worthProblems(form: CouponForm): Partial<Record<CouponField, CouponProblem>> {
  if (form.kind === 'percent') return between(form.percentOff, 1, 99) ? {} : { percentOff: 'percent_range' };
  if (form.kind === 'exchange') return form.exchangeItem.trim() === '' ? { exchangeItem: 'item_missing' } : {};
  if (!form.valueFen || form.valueFen <= 0) return { valueFen: 'value_missing' };
  const spend = form.minSpendFen ?? 0;
  return spend > 0 && form.valueFen > spend ? { valueFen: 'value_above_spend' } : {};
}

function amountProblems(form: CouponForm): Partial<Record<CouponField, CouponProblem>> {
  const wrong: Partial<Record<CouponField, CouponProblem>> = {};
  if (!between(form.stock, 1, 100_000_000)) wrong.stock = 'stock_missing';
  if (!between(form.perPersonLimit, 1, 100)) wrong.perPersonLimit = 'limit_range';
  if ([...form.usageNotes].length > 500) wrong.usageNotes = 'notes_long';
  return wrong;
}

function validityProblems(form: CouponForm, today: string): Partial<Record<CouponField, CouponProblem>> {
  if (form.validity === 'relative') return between(form.validDays, 1, 3650) ? {} : { validDays: 'days_range' };
  if (form.until === '') return { until: 'until_missing' };
  if (form.until < today) return { until: 'until_past' };
  return form.from !== '' && form.from > form.until ? { until: 'until_before_from' } : {};
}

/** Only what the kind and the validity use: a leftover value of another kind must not reach the server. */
export function couponInput(form: CouponForm, days: Days): CouponTemplateInput {
  const fixed = form.validity === 'fixed';
  return {
    name: form.name.trim(),
    kind: form.kind,
    valueFen: form.kind === 'amount' ? form.valueFen : null,
    percentOff: form.kind === 'percent' ? form.percentOff : null,
    maxDiscountFen: form.kind === 'percent' && form.maxDiscountFen ? form.maxDiscountFen : null,
    exchangeItem: form.kind === 'exchange' ? form.exchangeItem.trim() : null,
    minSpendFen: form.minSpendFen ?? 0,
    stock: form.stock ?? 0,
    perPersonLimit: form.perPersonLimit ?? 1,
    validity: form.validity,
    validFrom: fixed && form.from ? days.startOf(form.from) : null,
    validUntil: fixed && form.until ? days.endOf(form.until) : null,
    validDays: fixed ? null : form.validDays,
    usageNotes: form.usageNotes.trim() || null,
  };
}

/** State and verbs of the page. Problems are shown once the merchant has tried to save, or left the field. */
export function useCouponForm(days: Days, start: CouponForm = emptyCoupon()) {
  const form = reactive<CouponForm>({ ...start });
  const touched = reactive(new Set<CouponField>());
  const tried = ref(false);
  const problems = computed(() => couponProblems(form, days.today()));
  const isValid = computed(() => Object.keys(problems.value).length === 0);
  const problemOf = (field: CouponField): CouponProblem | undefined =>
    tried.value || touched.has(field) ? problems.value[field] : undefined;
  const preview = computed((): CouponFace => {
    const input = couponInput(form, days);
    return { ...input, minSpendFen: input.minSpendFen ?? 0 };
  });
  /** The input when everything is right; otherwise shows every problem and gives nothing. */
  function submit(): CouponTemplateInput | undefined {
    tried.value = true;
    return isValid.value ? couponInput(form, days) : undefined;
  }
  return { form, problems, isValid, problemOf, touch: (field: CouponField) => void touched.add(field), preview, submit };
}
