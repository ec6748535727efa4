// What a coupon gives to the first words of a message: its name, an end that everybody may read, its worth.
import dayjs from 'dayjs';
import { yuan, type CouponFace } from './coupon-text.ts';
import type { Hints } from './message-values.ts';

const LONGEST = 20;

/** `sentence` is the goal's own line; a field takes 20 characters. */
export function couponHints(coupon: CouponFace | undefined, sentence: string, now = new Date()): Hints {
  const short = [...sentence].slice(0, LONGEST).join('');
  if (!coupon) return { sentence: short };
  const end = coupon.validity === 'fixed' && coupon.validUntil ? dayjs(coupon.validUntil) : dayjs(now).add(coupon.validDays ?? 7, 'day');
  return {
    sentence: short,
    couponName: [...coupon.name].slice(0, LONGEST).join(''),
    expires: end.format('YYYY年M月D日'),
    ...(coupon.kind === 'amount' && coupon.valueFen ? { worth: `${yuan(coupon.valueFen)}元` } : {}),
  };
}
