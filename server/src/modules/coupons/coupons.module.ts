import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.js';
import { TenantsModule } from '../tenants/index.js';
import { ClaimsRepository } from './claims/claims.repository.js';
import { CouponClaims } from './claims/coupon-claims.service.js';
import { CouponFieldsResolver, CouponTemplateFieldsResolver, CustomerCouponsResolver, RedemptionFieldsResolver } from './coupon-fields.resolver.js';
import { CouponsJobs } from './coupons.jobs.js';
import { CouponsRepository } from './coupons.repository.js';
import { CouponsResolver } from './coupons.resolver.js';
import { CouponsService } from './coupons.service.js';
import { RedemptionsRepository } from './redemptions/redemptions.repository.js';
import { RedemptionsService } from './redemptions/redemptions.service.js';
import { TillStores } from './redemptions/till-stores.service.js';

@Module({
  imports: [TenantsModule, CustomersModule],
  providers: [
    CouponsService, CouponsRepository, CouponsJobs, CouponClaims, ClaimsRepository, RedemptionsService, RedemptionsRepository, TillStores,
    CouponsResolver, CouponFieldsResolver, CouponTemplateFieldsResolver, RedemptionFieldsResolver, CustomerCouponsResolver,
  ],
  exports: [CouponsService, CouponClaims],
})
export class CouponsModule {}
