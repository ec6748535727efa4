import { Injectable } from '@nestjs/common';
import { Cron } from '../../core/jobs/decorators.js';
import { TenantsService } from '../tenants/index.js';
import { CouponsService } from './coupons.service.js';

@Injectable()
export class CouponsJobs {
  constructor(
    private readonly tenants: TenantsService,
    private readonly coupons: CouponsService,
  ) {}

  @Cron('coupons.expire', '* * * * *')
  async expire(): Promise<void> {
    await this.tenants.forEach(async () => void (await this.coupons.expireDue()));
  }
}
