import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { isRefusal, type Refusal } from '../../../core/graphql/refusal.js';
import type { AccountTagRow } from './account-tags.repository.js';
import { AccountTagsService } from './account-tags.service.js';

@Resolver()
export class AccountTagsResolver {
  constructor(private readonly service: AccountTagsService) {}

  @Query() @Can('customer.read')
  accountTags(@Args('channelId') channelId: string): Promise<AccountTagRow[]> {
    return this.service.list(channelId);
  }

  @Mutation() @Can('customer.manage')
  async pullAccountTags(@Args('channelId') channelId: string) {
    return present(await this.service.pull(channelId));
  }

  @Mutation() @Can('customer.manage')
  async pushTagToAccount(@Args('channelId') channelId: string, @Args('tagId') tagId: string) {
    return present(await this.service.push(channelId, tagId));
  }
}

const present = (tags: AccountTagRow[] | Refusal) => (isRefusal(tags) ? tags : { __typename: 'AccountTags', items: tags });
