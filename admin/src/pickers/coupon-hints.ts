// What a coupon gives to the first words of a message: its name, an end that everybody may read, its worth.
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import { yuan, type CouponFace } from './coupon-text.ts';
import type { Hints } from './message-values.ts';

dayjs.extend(utc);
dayjs.extend(timezone);

const LONGEST = 20;

/** `sentence` is the goal's own line; a field takes 20 characters. `at`: now, and the merchant's zone. */
export function couponHints(coupon: CouponFace | undefined, sentence: string, at: { now: Date; zone: string }): Hints {
  const short = [...sentence].slice(0, LONGEST).join('');
  if (!coupon) return { sentence: short };
  const fixed = coupon.validity === 'fixed' && coupon.validUntil;
  const end = fixed ? dayjs(coupon.validUntil).tz(at.zone) : dayjs(at.now).tz(at.zone).add(coupon.validDays ?? 7, 'day').endOf('day');
  return {
    sentence: short,
    couponName: [...coupon.name].slice(0, LONGEST).join(''),
    // With a clock, so that the platform's date fields and its time fields both take it.
    expires: end.format('YYYY年M月D日 HH:mm'),
    ...(coupon.kind === 'amount' && coupon.valueFen ? { worth: `${yuan(coupon.valueFen)}元` } : {}),
  };
}
