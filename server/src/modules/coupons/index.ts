// The front door of coupons.
export { CouponsModule } from './coupons.module.js';
export { CouponsService } from './coupons.service.js';
export { CouponClaims } from './claims/coupon-claims.service.js';
export type { ClaimOutcome, ClaimRequest } from './claims/coupon-claims.service.js';
export type { Coupon, CouponKind, CouponState, CouponTemplate } from './coupon.js';
