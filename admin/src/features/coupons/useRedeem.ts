// The clerk's till: find a coupon by its code, redeem it once, undo it the same day.
import { computed, ref, shallowRef, type Ref } from 'vue';
import type { CouponFace } from '../../pickers/coupon-text.ts';

export interface TillCoupon {
  id: string;
  code: string;
  state: 'claimed' | 'redeemed' | 'expired' | 'revoked';
  usableFrom: string;
  expiresAt: string;
  redeemedAt?: string | null;
  template: CouponFace;
}
/** Keys of coupons.till.why.* */
export type WhyNot = 'redeemed' | 'expired' | 'revoked' | 'too_early' | 'order_missing' | 'order_small';

/** Codes are read aloud and typed: spaces and dashes do not count, and case neither. */
export function cleanCode(typed: string): string {
  return typed.replace(/[\s-]+/gu, '').toUpperCase();
}

/** Why this coupon cannot be redeemed on this order now; undefined when it can. `orderFen` null: not typed yet. */
export function whyNotRedeem(coupon: TillCoupon, orderFen: number | null, now: Date): WhyNot | undefined {
  if (coupon.state !== 'claimed') return coupon.state;
  if (new Date(coupon.expiresAt) <= now) return 'expired';
  if (new Date(coupon.usableFrom) > now) return 'too_early';
  if (orderFen === null) return coupon.template.minSpendFen > 0 || coupon.template.kind === 'percent' ? 'order_missing' : undefined;
  return orderFen < coupon.template.minSpendFen ? 'order_small' : undefined;
}

/** What the customer saves on this order, in fen; null when an order amount is still needed. An exchange saves no money. */
export function discountFen(face: CouponFace, orderFen: number | null): number | null {
  if (face.kind === 'exchange') return 0;
  if (face.kind === 'amount') return orderFen === null ? (face.valueFen ?? 0) : Math.min(face.valueFen ?? 0, orderFen);
  if (orderFen === null) return null;
  const off = Math.floor((orderFen * (face.percentOff ?? 0)) / 100);
  return face.maxDiscountFen ? Math.min(off, face.maxDiscountFen) : off;
}

/** A redemption can be taken back for 24 hours. */
export function canUndo(row: { redeemedAt: string; undoneAt?: string | null }, now: Date): boolean {
  return !row.undoneAt && now.getTime() - new Date(row.redeemedAt).getTime() < 24 * 3_600_000;
}

export interface Till<R> {
  find(code: string): Promise<TillCoupon | null>;
  /** Throws when no answer came; resolves to what the server said. */
  redeem(input: { code: string; orderFen: number | null; requestKey: string }): Promise<R | { refused: string; details?: unknown }>;
  newKey(): string;
  now(): Date;
}

/** Runs one piece of work at a time; what is asked meanwhile (a double click) is dropped. */
function oneAtATime(busy: Ref<boolean>): (work: () => Promise<void>) => Promise<void> {
  return async (work) => {
    if (busy.value) return;
    busy.value = true;
    try {
      await work();
    } finally {
      busy.value = false;
    }
  };
}

/** State and verbs of the till. The request key lives until the server has answered, so a retry after a lost answer redeems once. */
export function useRedeem<R extends object>(till: Till<R>) {
  const typed = ref('');
  const orderFen = ref<number | null>(null);
  const coupon = shallowRef<TillCoupon | null>(null);
  const notFound = ref('');
  const refusal = shallowRef<{ code: string; details?: unknown } | null>(null);
  const done = shallowRef<R | null>(null);
  const busy = ref(false);
  const guarded = oneAtATime(busy);
  let key: string | undefined;

  const why = computed(() => (coupon.value ? whyNotRedeem(coupon.value, orderFen.value, till.now()) : undefined));
  const saves = computed(() => (coupon.value ? discountFen(coupon.value.template, orderFen.value) : null));

  const find = (): Promise<void> => guarded(async () => {
    const code = cleanCode(typed.value);
    if (code === '') return;
    clear();
    typed.value = code;
    coupon.value = await till.find(code);
    notFound.value = coupon.value ? '' : code;
  });

  const redeem = (): Promise<void> => guarded(async () => {
    if (!coupon.value || why.value) return;
    key ??= till.newKey();
    const answer = await till.redeem({ code: coupon.value.code, orderFen: orderFen.value, requestKey: key });
    key = undefined;
    if ('refused' in answer) {
      refusal.value = { code: answer.refused, details: answer.details };
      return;
    }
    done.value = answer;
    coupon.value = null;
    typed.value = '';
  });

  function clear(): void {
    coupon.value = null;
    orderFen.value = null;
    notFound.value = '';
    refusal.value = null;
    done.value = null;
    key = undefined;
  }

  return { typed, orderFen, coupon, notFound, refusal, done, busy, why, saves, find, redeem, clear };
}
