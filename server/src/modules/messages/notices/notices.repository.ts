// SQL of notices: whose reward is due to be told of.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { SqlCondition } from '../plan.js';
import type { ReminderDay } from './reminder-day.js';

@Injectable()
export class NoticesRepository {
  constructor(private readonly db: TenantDb) {}

  /** Offers with a coupon in hand that expires on this day. */
  async offersExpiring({ from, until }: ReminderDay): Promise<string[]> {
    const rows = await this.db.query<{ offerId: string }>(
      `select distinct offer_id as "offerId" from coupons where state = 'claimed' and offer_id is not null and expires_at >= $1 and expires_at < $2`,
      [from, until]);
    return rows.map((row) => row.offerId);
  }

  /** Who claimed these coupons, by offer. */
  claimants(couponIds: readonly string[]): Promise<{ offerId: string; customerIds: string[] }[]> {
    return this.db.query(
      `select offer_id as "offerId", array_agg(distinct customer_id::text) as "customerIds" from coupons
       where id = any($1::uuid[]) and offer_id is not null and state = 'claimed' group by offer_id`,
      [couponIds]);
  }

  /** Dispatches of expiry reminders whose day is over and that nobody has closed. */
  async over(now: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select id from dispatches where purpose = 'notice' and not is_sealed and latest_useful_at <= $1 and state in ('open', 'sending', 'paused')`, [now]);
    return rows.map((row) => row.id);
  }
}

/** People who hold an unused coupon of the offer that expires on this day. */
export function holdersOf(offerId: string, { from, until }: ReminderDay): SqlCondition {
  return {
    sql: `exists (select 1 from coupons k where k.tenant_id = c.tenant_id and k.customer_id = c.id and k.offer_id = $1::uuid
      and k.state = 'claimed' and k.expires_at >= $2::timestamptz and k.expires_at < $3::timestamptz)`,
    params: [offerId, from, until],
  };
}

/** These people. */
export const peopleOf = (customerIds: readonly string[]): SqlCondition => ({ sql: 'c.id = any($1::uuid[])', params: [customerIds] });
