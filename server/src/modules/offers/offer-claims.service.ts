// The customer's tap: the reward, exactly once, whatever the prompt's answer was.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { refusal, type Refusal } from '../../core/graphql/refusal.js';
import { CouponClaims, type ClaimOutcome, type Coupon } from '../coupons/index.js';
import { OfferGate } from './offer-gate.service.js';
import { OffersRepository } from './offers.repository.js';

export interface ClaimedCoupon {
  __typename: 'ClaimedCoupon';
  coupon: Coupon;
  isRepeat: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

@Injectable()
export class OfferClaims {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly gate: OfferGate,
    private readonly claims: CouponClaims,
    private readonly offers: OffersRepository,
  ) {}

  /** Refused: offer_not_found, offer_not_published, offer_ended, subscription_needed (conditional mode), sold_out, limit_reached. */
  async claim(offerId: string, customerId: string): Promise<ClaimedCoupon | Refusal> {
    const offer = UUID.test(offerId) ? await this.gate.look(offerId) : undefined;
    if (!offer) return refusal('offer_not_found');
    if (offer.state === 'draft') return refusal('offer_not_published');
    if (offer.state === 'ended') return refusal('offer_ended');
    if (offer.mode === 'conditional' && !(await this.db.read(() => this.offers.hasAccepted(offerId, customerId)))) return refusal('subscription_needed');
    const outcome = await this.claims.claim({ templateId: offer.couponTemplateId, customerId, offerId });
    return answerOf(outcome, this.clock.now());
  }
}

/** A usable coupon in hand is a repeat, not a refusal, whichever offer it came from. */
function answerOf({ outcome, coupon }: ClaimOutcome, now: Date): ClaimedCoupon | Refusal {
  if (outcome === 'given' || outcome === 'held') return { __typename: 'ClaimedCoupon', coupon, isRepeat: outcome === 'held' };
  if (coupon?.state === 'claimed' && coupon.expiresAt > now) return { __typename: 'ClaimedCoupon', coupon, isRepeat: true };
  if (outcome === 'limit_reached') return refusal('limit_reached', { state: coupon?.state });
  return outcome === 'sold_out' ? refusal('sold_out') : refusal('offer_ended', { reason: outcome });
}
