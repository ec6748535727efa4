import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { currentCustomerId } from '../../core/context.js';
import { Can, Customer } from '../../core/graphql/doors.js';
import type { CouponState } from './coupon.js';
import type { TemplateInput, TemplateUpdate } from './coupon-template.js';
import { CouponsService } from './coupons.service.js';
import { RedemptionsService } from './redemptions/redemptions.service.js';

@Resolver()
export class CouponsResolver {
  constructor(
    private readonly service: CouponsService,
    private readonly till: RedemptionsService,
  ) {}

  @Query() @Can('coupon.read')
  couponTemplates(@Args('includeArchived') includeArchived?: boolean | null) {
    return this.service.templates(includeArchived ?? false);
  }

  @Query() @Can('coupon.read')
  couponTemplate(@Args('id') id: string) {
    return this.service.template(id);
  }

  @Query() @Can('coupon.read')
  coupons(
    @Args('templateId') templateId?: string | null, @Args('state') state?: CouponState | null, @Args('first') first?: number, @Args('after') after?: string,
  ) {
    return this.service.list({ templateId, state }, first, after);
  }

  @Query() @Can('coupon.read')
  couponByCode(@Args('code') code: string) {
    return this.service.byCode(code);
  }

  @Query() @Can('coupon.read')
  redemptions(@Args('first') first?: number) {
    return this.till.newest(first);
  }

  @Query() @Customer()
  wallet() {
    return this.service.ofCustomers([currentCustomerId()]);
  }

  @Mutation() @Can('coupon.manage')
  createCouponTemplate(@Args('input') input: TemplateInput) {
    return this.service.create(input);
  }

  @Mutation() @Can('coupon.manage')
  updateCouponTemplate(@Args('id') id: string, @Args('input') input: TemplateUpdate) {
    return this.service.update(id, input);
  }

  @Mutation() @Can('coupon.manage')
  archiveCouponTemplate(@Args('id') id: string) {
    return this.service.archive(id);
  }

  @Mutation() @Can('coupon.redeem')
  redeemCoupon(
    @Args('code') code: string, @Args('requestKey') requestKey: string, @Args('orderFen') orderFen?: number | null, @Args('store') store?: string | null,
  ) {
    return this.till.redeem({ code, orderFen, requestKey, store });
  }

  @Mutation() @Can('coupon.redeem')
  undoRedemption(@Args('id') id: string) {
    return this.till.undo(id);
  }
}
