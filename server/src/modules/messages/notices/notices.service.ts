// The notices an offer promised: the coupon is about to expire, the coupon is yours. They serve the reward, so they are no recall:
// no hold-out, no cap; but a permit each, quiet hours, and never twice.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { OffersService, type Offer } from '../../offers/index.js';
import { Dispatches } from '../dispatches.service.js';
import type { DispatchSpec, Rung, SqlCondition } from '../plan.js';
import { Planner } from '../planner.service.js';
import { PlannerRepository } from '../planner.repository.js';
import { holdersOf, NoticesRepository, peopleOf } from './notices.repository.js';
import { claimedDispatchId, expiryDispatchId, reminderDay } from './reminder-day.js';

const QUIET = { from: '22:00', until: '09:00' };

@Injectable()
export class NoticesService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly notices: NoticesRepository,
    private readonly shop: PlannerRepository,
    private readonly offers: OffersService,
    private readonly planner: Planner,
    private readonly dispatches: Dispatches,
  ) {}

  /** Reminds of every coupon that expires tomorrow and whose offer promised it; closes yesterday's. Safe to run as often as one likes. */
  async remindOfExpiry(): Promise<void> {
    const now = this.clock.now();
    const day = await this.db.read(async () => reminderDay(now, (await this.shop.shop()).zone));
    const offers = await this.offers.byIds(await this.db.read(() => this.notices.offersExpiring(day)));
    for (const offer of offers) {
      const spec = specOf(offer, 'coupon_expiring', { dispatchId: expiryDispatchId(offer.id, day.day), latestUsefulAt: day.from });
      if (spec) await this.send(spec, holdersOf(offer.id, day));
    }
    for (const id of await this.db.read(() => this.notices.over(now))) await this.dispatches.seal(id);
  }

  /** Confirms what was just claimed, where the offer has a notice for it. */
  async confirmClaims(couponIds: readonly string[]): Promise<void> {
    const claimants = await this.db.read(() => this.notices.claimants(couponIds));
    const offers = new Map((await this.offers.byIds(claimants.map(({ offerId }) => offerId))).map((offer) => [offer.id, offer]));
    for (const { offerId, customerIds } of claimants) {
      const offer = offers.get(offerId);
      const spec = offer && specOf(offer, 'coupon_claimed', { dispatchId: claimedDispatchId(offerId) });
      if (spec) await this.send(spec, peopleOf(customerIds));
    }
  }

  private async send(spec: DispatchSpec, audience: SqlCondition): Promise<void> {
    await this.db.write(async () => {
      await this.dispatches.openOnce(spec);
      await this.planner.planChunk(spec.dispatchId, { audience });
      await this.dispatches.start(spec.dispatchId);
    });
  }
}

/** The dispatch of one of the offer's notices, or undefined when the offer has none for this purpose. */
function specOf(offer: Offer, purpose: string, more: { dispatchId: string; latestUsefulAt?: Date }): DispatchSpec | undefined {
  const contents = offer.notices.filter((notice) => notice.purpose === purpose).map(({ templateId, fields }): Rung => ({ kind: 'subscription', channelId: offer.channelId, templateId, fields }));
  return contents.length === 0 ? undefined : { ...more, purpose: 'notice', contents, holdoutPercent: 0, quiet: QUIET, offerId: offer.id };
}
