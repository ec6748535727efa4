// The one statement that hands out coupons (see app.claim_coupons in the migration).
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { CouponState } from '../coupon.js';

export type ClaimVerdict = 'given' | 'held' | 'limit_reached' | 'sold_out' | 'coupon_archived' | 'coupon_over' | 'again';

export interface ClaimRow {
  /** 1-based place in the arrays. */
  ord: number;
  /** `given`: id and code are the caller's own, only the times are filled. */
  outcome: ClaimVerdict;
  id: string | null;
  code: string;
  state: CouponState;
  offer_id: string | null;
  claimed_at: Date;
  usable_from: Date;
  expires_at: Date;
  redeemed_at: Date | null;
}

export interface ClaimArrays {
  templateId: string;
  now: Date;
  ids: string[];
  customerIds: string[];
  codes: string[];
  sourceKeys: (string | null)[];
  offerIds: (string | null)[];
}

@Injectable()
export class ClaimsRepository {
  constructor(private readonly db: TenantDb) {}

  /** One row per claim, in order; none at all when there is no such template. */
  claim(a: ClaimArrays): Promise<ClaimRow[]> {
    return this.db.prepared<ClaimRow>(
      'claim_coupons',
      'select ord, outcome, id, code, state, offer_id, claimed_at, usable_from, expires_at, redeemed_at from app.claim_coupons($1, $2, $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[])',
      [a.templateId, a.now, a.ids, a.customerIds, a.codes, a.sourceKeys, a.offerIds],
    );
  }
}
