// What the till reads and writes.
import { Injectable } from '@nestjs/common';
import { TimelineService } from '../../customers/index.js';
import { CouponsRepository } from '../coupons.repository.js';
import { RedemptionsRepository } from './redemptions.repository.js';

/** What the till reads and writes. */
@Injectable()
export class TillStores {
  constructor(
    readonly coupons: CouponsRepository,
    readonly redemptions: RedemptionsRepository,
    readonly timeline: TimelineService,
  ) {}
}
