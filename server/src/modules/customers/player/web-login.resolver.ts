import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { currentCustomerId } from '../../../core/context.js';
import { Customer, Public } from '../../../core/graphql/doors.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { WebLoginService } from './web-login.service.js';

@Resolver()
export class WebLoginResolver {
  constructor(private readonly service: WebLoginService) {}

  @Query() @Public()
  weChatLogin(@Args('tenantSlug') tenantSlug: string, @Args('page') page: string, @Args('state') state: string, @Args('scope') scope: 'base' | 'userinfo') {
    return this.service.address({ tenantSlug, page, state, scope });
  }

  @Mutation() @Customer()
  async sharePhone(@Args('appId') appId: string, @Args('code') code: string) {
    const shared = await this.service.sharePhone(currentCustomerId(), { appId, code });
    return isRefusal(shared) ? shared : { __typename: 'SharedPhone', ...shared };
  }
}
