import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { currentCustomerId } from '../../../core/context.js';
import { Customer, PublicMetered } from '../../../core/graphql/doors.js';
import { done } from '../../../core/graphql/refusal.js';
import { CustomersService } from '../customers.service.js';
import { PlayerService } from './player.service.js';

@Resolver()
export class PlayerResolver {
  constructor(
    private readonly players: PlayerService,
    private readonly customers: CustomersService,
  ) {}

  @Query() @Customer()
  async player() {
    const { id, name, optedOutAt } = await this.customers.get(currentCustomerId());
    return { customerId: id, name, optedOut: optedOutAt !== null };
  }

  @Mutation() @PublicMetered()
  signInCustomer(
    @Args('tenantSlug') tenantSlug: string, @Args('appId') appId: string, @Args('code') code: string, @Args('visitorId') visitorId?: string | null,
  ) {
    return this.players.signIn({ tenantSlug, appId, code, visitorId });
  }

  @Mutation() @PublicMetered()
  signInVisitor(@Args('tenantSlug') tenantSlug: string, @Args('visitorId') visitorId: string) {
    return this.players.signInVisitor(tenantSlug, visitorId);
  }

  @Mutation() @Customer()
  async recordConsent(@Args('given') given: boolean, @Args('textVersion') textVersion: string, @Args('place') place: string) {
    await this.customers.recordConsent(currentCustomerId(), { given, textVersion, place });
    return done;
  }
}
