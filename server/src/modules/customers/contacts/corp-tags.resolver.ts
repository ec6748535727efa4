import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { isRefusal, type Refusal } from '../../../core/graphql/refusal.js';
import type { CorpTagRow } from './corp-tags.repository.js';
import { CorpTagsService } from './corp-tags.service.js';

@Resolver()
export class CorpTagsResolver {
  constructor(private readonly service: CorpTagsService) {}

  @Query() @Can('customer.read')
  corpTags(@Args('channelId') channelId: string): Promise<CorpTagRow[]> {
    return this.service.list(channelId);
  }

  @Mutation() @Can('customer.manage')
  async pullCorpTags(@Args('channelId') channelId: string) {
    return present(await this.service.pull(channelId));
  }

  @Mutation() @Can('customer.manage')
  async pushTagToCorp(@Args('channelId') channelId: string, @Args('tagId') tagId: string) {
    return present(await this.service.push(channelId, tagId));
  }
}

const present = (tags: CorpTagRow[] | Refusal) => (isRefusal(tags) ? tags : { __typename: 'CorpTags', items: tags });
