import { Injectable } from '@nestjs/common';
import { Cron } from '../../core/jobs/decorators.js';
import { CouponsService } from './coupons.service.js';

@Injectable()
export class CouponsJobs {
  constructor(private readonly coupons: CouponsService) {}

  /** The clock calls it for each merchant in turn. */
  @Cron('coupons.expire', '* * * * *')
  async expire(): Promise<void> {
    await this.coupons.expireDue();
  }
}
