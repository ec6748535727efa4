// SQL of redemptions at the till.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { CouponState, Redemption } from '../coupon.js';

const REDEMPTION = `r.id, r.coupon_id as "couponId", r.customer_id as "customerId", r.order_fen as "orderFen", r.discount_fen as "discountFen", r.store,
  r.request_key as "requestKey", r.redeemed_at as "redeemedAt", r.undone_at as "undoneAt"`;

export interface NewRedemption {
  id: string;
  couponId: string;
  customerId: string;
  orderFen: number | undefined;
  discountFen: number;
  staffId: string | undefined;
  store: string | undefined;
  requestKey: string;
  at: Date;
}

@Injectable()
export class RedemptionsRepository {
  constructor(private readonly db: TenantDb) {}

  newest(first: number): Promise<Redemption[]> {
    return this.db.query<Redemption>(`select ${REDEMPTION} from redemptions r order by r.redeemed_at desc, r.id desc limit $1`, [first]);
  }

  find(id: string): Promise<Redemption | undefined> {
    return this.db.one<Redemption>(`select ${REDEMPTION} from redemptions r where r.id = $1`, [id]);
  }

  byRequestKey(requestKey: string): Promise<Redemption | undefined> {
    return this.db.one<Redemption>(`select ${REDEMPTION} from redemptions r where r.request_key = $1`, [requestKey]);
  }

  /** The row count is the answer: of many tills at once exactly one gets 1. */
  useCoupon(couponId: string, now: Date): Promise<number> {
    return this.db.exec(
      `update coupons set state = 'redeemed', redeemed_at = $2 where id = $1 and state = 'claimed' and usable_from <= $2 and expires_at > $2`, [couponId, now],
    );
  }

  giveBack(couponId: string, state: CouponState): Promise<number> {
    return this.db.exec(`update coupons set state = $2, redeemed_at = null where id = $1 and state = 'redeemed'`, [couponId, state]);
  }

  /** Undefined when the request key is taken by another coupon. */
  insert(r: NewRedemption): Promise<Redemption | undefined> {
    return this.db.one<Redemption>(
      `insert into redemptions as r (tenant_id, id, coupon_id, customer_id, order_fen, discount_fen, staff_id, store, request_key, redeemed_at)
       values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning ${REDEMPTION}`,
      [r.id, r.couponId, r.customerId, r.orderFen ?? null, r.discountFen, r.staffId ?? null, r.store ?? null, r.requestKey, r.at],
    );
  }

  markUndone(id: string, by: string | undefined, now: Date): Promise<Redemption | undefined> {
    return this.db.one<Redemption>(
      `update redemptions r set undone_at = $2, undone_by = $3 where r.id = $1 and r.undone_at is null returning ${REDEMPTION}`, [id, now, by ?? null],
    );
  }
}
