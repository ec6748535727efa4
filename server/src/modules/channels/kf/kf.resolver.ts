import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { KfAccounts } from './kf-accounts.service.js';

@Resolver()
export class KfResolver {
  constructor(private readonly accounts: KfAccounts) {}

  @Query() @Can('channel.read')
  kfAccounts(@Args('channelId') channelId: string) {
    return this.accounts.list(channelId);
  }

  @Mutation() @Can('channel.manage')
  async syncKfAccounts(@Args('channelId') channelId: string) {
    const rows = await this.accounts.sync(channelId);
    return isRefusal(rows) ? rows : { __typename: 'KfAccountList', items: rows };
  }

  @Mutation() @Can('channel.manage')
  async createKfLink(@Args('accountId') accountId: string, @Args('scene') scene?: string | null) {
    const url = await this.accounts.link(accountId, scene ?? '');
    return isRefusal(url) ? url : { __typename: 'KfLink', url };
  }

  @Mutation() @Can('channel.manage')
  setKfWelcome(@Args('accountId') accountId: string, @Args('text') text: string) {
    return this.accounts.setWelcome(accountId, text);
  }
}
