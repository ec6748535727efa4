// At the till: a coupon is used once, a double click changes nothing, and a mistake can be taken back the same day.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { currentContext } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { conflict, invalid, notFound } from '../../../core/errors/app-error.js';
import { Events } from '../../../core/events/events.js';
import { pageSize } from '../../../core/graphql/paging.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { discountFen, stateAfterUndo, whyNotRedeem, whyNotUndo, type Coupon, type CouponTemplate, type Redemption } from '../coupon.js';
import { isCouponCode, normaliseCode } from '../coupon-code.js';
import { MAX_FEN } from '../coupon-template.js';
import { TillStores } from './till-stores.service.js';

export interface RedeemInput {
  code: string;
  orderFen?: number | null;
  requestKey: string;
  store?: string | null;
}
export type RedeemResult = (Redemption & { __typename: 'Redemption' }) | Refusal;

@Injectable()
export class RedemptionsService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly stores: TillStores,
  ) {}

  newest(first: number | null | undefined): Promise<Redemption[]> {
    const size = pageSize(first, 30);
    return this.db.read(() => this.stores.redemptions.newest(size));
  }

  /**
   * Uses a coupon. The same request key answers the same redemption, however often it is sent.
   * Refused: code_mistyped, coupon_not_found, request_key_reused and the reasons of whyNotRedeem. @throws INVALID
   */
  async redeem(input: RedeemInput): Promise<RedeemResult> {
    checkInput(input);
    const code = normaliseCode(input.code);
    return this.db.write(async () => {
      const coupon = await this.stores.coupons.byCode(code);
      const earlier = await this.stores.redemptions.byRequestKey(input.requestKey);
      if (earlier) return earlier.couponId === coupon?.id ? answer(earlier) : refusal('request_key_reused');
      if (!coupon) return refusal(isCouponCode(code) ? 'coupon_not_found' : 'code_mistyped', { code });
      return this.use(coupon, input);
    });
  }

  /** Gives a redeemed coupon back. Refused: redemption_already_undone, undo_too_late. @throws NOT_FOUND */
  async undo(id: string): Promise<RedeemResult> {
    return this.db.write(async () => {
      const redemption = await this.stores.redemptions.find(id);
      if (!redemption) throw notFound('redemption', id);
      const now = this.clock.now();
      const why = whyNotUndo(redemption, now);
      if (why) return refusal(why.code, why.details);
      const undone = await this.stores.redemptions.markUndone(id, currentContext().actor.id, now);
      if (!undone) return refusal('redemption_already_undone');
      const [coupon] = await this.stores.coupons.byIds([redemption.couponId]);
      await this.stores.redemptions.giveBack(redemption.couponId, stateAfterUndo(coupon!, now));
      await this.stores.timeline.record([{ customerId: redemption.customerId, type: 'coupon.redemption_undone', occurredAt: now, sourceKey: `coupon.redemption_undone:${id}`, subjectId: redemption.couponId }]);
      await this.events.emit('coupon.redemption_undone', { couponId: redemption.couponId, redemptionId: id });
      return answer(undone);
    });
  }

  private async use(coupon: Coupon, input: RedeemInput): Promise<RedeemResult> {
    const now = this.clock.now();
    const orderFen = input.orderFen ?? undefined;
    const [template] = await this.stores.coupons.templatesByIds([coupon.templateId]);
    const why = whyNotRedeem(coupon, template!, orderFen, now);
    if (why) return refusal(why.code, why.details);
    if ((await this.stores.redemptions.useCoupon(coupon.id, now)) === 0) return this.lost(coupon, template!, input);
    const redemption = await this.stores.redemptions.insert({
      id: newId(), couponId: coupon.id, customerId: coupon.customerId, orderFen, discountFen: discountFen(template!, orderFen),
      staffId: currentContext().actor.id, store: input.store?.trim() || undefined, requestKey: input.requestKey, at: now,
    });
    // The key went to another coupon in this very moment: nothing of ours may stand.
    if (!redemption) throw conflict('request_key', 'This request key was just used for another coupon. Make a new key for each redemption.');
    await this.tell(coupon, template!, redemption);
    return answer(redemption);
  }

  /** Another till was faster: the same request gets the same answer, anyone else the reason. */
  private async lost(coupon: Coupon, template: CouponTemplate, input: RedeemInput): Promise<RedeemResult> {
    const earlier = await this.stores.redemptions.byRequestKey(input.requestKey);
    if (earlier) return earlier.couponId === coupon.id ? answer(earlier) : refusal('request_key_reused');
    const [fresh] = await this.stores.coupons.byIds([coupon.id]);
    const why = whyNotRedeem(fresh!, template, input.orderFen ?? undefined, this.clock.now());
    return why ? refusal(why.code, why.details) : refusal('coupon_already_redeemed');
  }

  private async tell(coupon: Coupon, template: CouponTemplate, r: Redemption): Promise<void> {
    await this.stores.timeline.record([{
      customerId: coupon.customerId, type: 'coupon.redeemed', occurredAt: r.redeemedAt, sourceKey: `coupon.redeemed:${r.id}`, subjectId: coupon.id,
      detail: { name: template.name, orderFen: r.orderFen, discountFen: r.discountFen, store: r.store },
    }]);
    await this.events.emit('coupon.redeemed', { couponId: coupon.id, customerId: coupon.customerId, redemptionId: r.id });
  }
}

const answer = (redemption: Redemption): RedeemResult => ({ __typename: 'Redemption', ...redemption });

function checkInput({ requestKey, orderFen, store }: RedeemInput): void {
  if (!/^[\x21-\x7e]{8,100}$/.test(requestKey)) throw invalid('requestKey', 'bad_format', 'requestKey must be 8 to 100 visible characters; make a new one per redemption, for example with crypto.randomUUID().');
  if (orderFen !== undefined && orderFen !== null && (orderFen < 0 || orderFen > MAX_FEN)) {
    throw invalid('orderFen', 'out_of_range', `orderFen must be from 0 to ${MAX_FEN} (fen).`, { min: 0, max: MAX_FEN });
  }
  if (store && store.length > 60) throw invalid('store', 'too_long', 'store must have at most 60 characters.', { max: 60 });
}
