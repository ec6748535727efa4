// What may be done with a coupon, and what it is worth. Money in fen.

export type CouponKind = 'amount' | 'percent' | 'exchange';
export type CouponState = 'claimed' | 'redeemed' | 'expired' | 'revoked';

export interface CouponTemplate {
  id: string;
  name: string;
  kind: CouponKind;
  valueFen: number | null;
  /** 20 means 20% off. */
  percentOff: number | null;
  maxDiscountFen: number | null;
  exchangeItem: string | null;
  minSpendFen: number;
  stock: number;
  remaining: number;
  perPersonLimit: number;
  validity: 'fixed' | 'relative';
  validFrom: Date | null;
  validUntil: Date | null;
  validDays: number | null;
  usageNotes: string | null;
  isArchived: boolean;
  createdAt: Date;
}

export interface Coupon {
  id: string;
  code: string;
  state: CouponState;
  templateId: string;
  customerId: string;
  offerId: string | null;
  claimedAt: Date;
  usableFrom: Date;
  expiresAt: Date;
  redeemedAt: Date | null;
}

export interface Redemption {
  id: string;
  couponId: string;
  customerId: string;
  orderFen: number | null;
  discountFen: number;
  store: string | null;
  requestKey: string;
  redeemedAt: Date;
  undoneAt: Date | null;
}

export interface Reason {
  code: string;
  details?: Record<string, unknown>;
}

/** A mistake at the till is noticed the same day; after that the books of the day are closed. */
export const UNDO_HOURS = 24;

/** Why this coupon cannot be used for this order now, or undefined. `orderFen` may be unknown when no rule needs it. */
export function whyNotRedeem(coupon: Coupon, template: CouponTemplate, orderFen: number | undefined, now: Date): Reason | undefined {
  if (coupon.state === 'redeemed') return { code: 'coupon_already_redeemed', details: { redeemedAt: coupon.redeemedAt } };
  if (coupon.state === 'revoked') return { code: 'coupon_revoked' };
  if (coupon.state === 'expired' || coupon.expiresAt <= now) return { code: 'coupon_expired', details: { expiresAt: coupon.expiresAt } };
  if (coupon.usableFrom > now) return { code: 'coupon_not_yet_usable', details: { usableFrom: coupon.usableFrom } };
  if (template.minSpendFen > 0 && orderFen === undefined) return { code: 'order_amount_needed', details: { minSpendFen: template.minSpendFen } };
  if (orderFen !== undefined && orderFen < template.minSpendFen) {
    return { code: 'below_min_spend', details: { minSpendFen: template.minSpendFen, orderFen } };
  }
  return undefined;
}

/**
 * What the coupon takes off an order, in fen; never more than the order. 0 for an exchange, and for a percentage of an unknown order.
 * Fractions of a fen are dropped: the merchant never gives more than was printed.
 */
export function discountFen(template: CouponTemplate, orderFen: number | undefined): number {
  if (template.kind === 'exchange') return 0;
  if (template.kind === 'amount') return Math.min(template.valueFen ?? 0, orderFen ?? Number.MAX_SAFE_INTEGER);
  const percent = Math.floor(((orderFen ?? 0) * (template.percentOff ?? 0)) / 100);
  return Math.min(percent, template.maxDiscountFen ?? Number.MAX_SAFE_INTEGER);
}

/** Why a redemption can no longer be taken back, or undefined. */
export function whyNotUndo(redemption: Redemption, now: Date): Reason | undefined {
  if (redemption.undoneAt) return { code: 'redemption_already_undone', details: { undoneAt: redemption.undoneAt } };
  const closes = new Date(redemption.redeemedAt.getTime() + UNDO_HOURS * 3_600_000);
  return closes <= now ? { code: 'undo_too_late', details: { until: closes, hours: UNDO_HOURS } } : undefined;
}

/** What a coupon is after its redemption was taken back: its time may have run out meanwhile. */
export const stateAfterUndo = (coupon: Coupon, now: Date): CouponState => (coupon.expiresAt <= now ? 'expired' : 'claimed');
