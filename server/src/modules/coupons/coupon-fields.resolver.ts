import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { currentContext } from '../../core/context.js';
import { mustHave } from '../../core/graphql/doors.js';
import { grouped, inOrder, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { CustomersService } from '../customers/index.js';
import type { Coupon, CouponTemplate, Redemption } from './coupon.js';
import { CouponsService } from './coupons.service.js';

@Resolver('Coupon')
export class CouponFieldsResolver {
  constructor(
    private readonly coupons: CouponsService,
    private readonly customers: CustomersService,
  ) {}

  @ResolveField()
  template(@Parent() coupon: Coupon, @Context() context: GraphContext) {
    return loader(context, 'couponTemplate', async (ids: readonly string[]) =>
      inOrder(ids, await this.coupons.templatesByIds(ids), (row) => row.id, (row) => row)).load(coupon.templateId);
  }

  /** What staff know of the person; the person's own wallet does not show it. */
  @ResolveField()
  customer(@Parent() coupon: Coupon, @Context() context: GraphContext) {
    if (!currentContext().actor.permissions?.has('customer.read')) return null;
    return loader(context, 'customer', async (ids: readonly string[]) =>
      inOrder(ids, await this.customers.byIds(ids), (row) => row.id, (row) => row)).load(coupon.customerId);
  }
}

@Resolver('CouponTemplate')
export class CouponTemplateFieldsResolver {
  constructor(private readonly coupons: CouponsService) {}

  // A customer reaches the template through the wallet; how the shop is doing is not for customers.
  @ResolveField()
  stock(@Parent() template: CouponTemplate) {
    mustHave('coupon.read');
    return template.stock;
  }

  @ResolveField()
  remaining(@Parent() template: CouponTemplate) {
    mustHave('coupon.read');
    return template.remaining;
  }

  @ResolveField()
  claimed(@Parent() template: CouponTemplate) {
    mustHave('coupon.read');
    return template.stock - template.remaining;
  }

  @ResolveField()
  redeemed(@Parent() template: CouponTemplate, @Context() context: GraphContext) {
    mustHave('coupon.read');
    return loader(context, 'couponTemplate.redeemed', async (ids: readonly string[]) =>
      inOrder(ids, await this.coupons.redeemedCounts(ids), (row) => row.id, (row) => row?.count ?? 0)).load(template.id);
  }
}

@Resolver('Redemption')
export class RedemptionFieldsResolver {
  constructor(private readonly coupons: CouponsService) {}

  @ResolveField()
  coupon(@Parent() redemption: Redemption, @Context() context: GraphContext) {
    return loader(context, 'coupon', async (ids: readonly string[]) =>
      inOrder(ids, await this.coupons.byIds(ids), (row) => row.id, (row) => row)).load(redemption.couponId);
  }
}

@Resolver('Customer')
export class CustomerCouponsResolver {
  constructor(private readonly service: CouponsService) {}

  @ResolveField()
  coupons(@Parent() customer: { id: string }, @Context() context: GraphContext) {
    return loader(context, 'customer.coupons', async (ids: readonly string[]) =>
      grouped(ids, await this.service.ofCustomers(ids), (row) => row.customerId)).load(customer.id);
  }
}
