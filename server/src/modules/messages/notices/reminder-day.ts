// When a coupon's expiry is reminded of: on the calendar day before, once, in the merchant's zone.
import { v5 } from 'uuid';
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';

dayjs.extend(utc);
dayjs.extend(timezone);

const NAMESPACE = '6f0c5f0e-5b0a-4b1c-9d3e-0d7a6f3f1c55';

/** Coupons with from <= expires_at < until belong to one reminder. */
export interface ReminderDay {
  /** yyyy-mm-dd, the day on which the coupons expire. */
  day: string;
  from: Date;
  until: Date;
}

/** The day whose coupons are reminded of now: tomorrow. */
export function reminderDay(now: Date, zone: string): ReminderDay {
  const start = dayjs(now).tz(zone).add(1, 'day').startOf('day');
  return { day: start.format('YYYY-MM-DD'), from: start.toDate(), until: start.add(1, 'day').startOf('day').toDate() };
}

/** The same offer and day always name the same dispatch: whoever asks again joins it, and nobody is told twice. */
export const expiryDispatchId = (offerId: string, day: string): string => v5(`expiry ${offerId} ${day}`, NAMESPACE);

/** One dispatch per offer for what was just claimed; it stays open. */
export const claimedDispatchId = (offerId: string): string => v5(`claimed ${offerId}`, NAMESPACE);
