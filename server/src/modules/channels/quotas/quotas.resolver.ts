import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { QuotasService } from './quotas.service.js';

@Resolver()
export class QuotasResolver {
  constructor(private readonly service: QuotasService) {}

  @Query() @Can('channel.read')
  channelQuotas(@Args('channelId') channelId: string) {
    return this.service.of(channelId);
  }

  @Query() @Can('channel.read')
  unmappedCodes(@Args('channelId') channelId: string) {
    return this.service.unmapped(channelId);
  }

  @Mutation() @Can('channel.manage')
  refreshQuotas(@Args('channelId') channelId: string) {
    return this.service.refresh(channelId);
  }

  @Mutation() @Can('channel.manage')
  clearQuotas(@Args('channelId') channelId: string) {
    return this.service.clear(channelId);
  }
}
