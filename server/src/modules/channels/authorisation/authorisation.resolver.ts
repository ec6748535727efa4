import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { loader, type GraphContext } from '../../../core/graphql/loaders.js';
import { isRefusal, type Refusal } from '../../../core/graphql/refusal.js';
import { ChannelViews } from '../channel-views.service.js';
import type { ChannelView } from '../channel-view.js';
import { ChannelsService } from '../channels.service.js';
import { Authorisations, type AuthorisationStart } from './authorisations.service.js';
import { abilitiesOf } from './grant.js';
import { Grants } from './grants.service.js';
import type { GrantRow } from './grants.repository.js';

@Resolver('Channel')
export class AuthorisationResolver {
  constructor(
    private readonly authorisations: Authorisations,
    private readonly grants: Grants,
    private readonly channels: ChannelsService,
    private readonly views: ChannelViews,
  ) {}

  @Query() @Can('channel.read')
  scanToConnect(): string[] {
    return this.authorisations.offered();
  }

  @Mutation() @Can('channel.manage')
  async beginAuthorisation(@Args('platform') platform: string): Promise<Refusal | (AuthorisationStart & { __typename: 'AuthorisationStart' })> {
    const begun = await this.authorisations.begin(platform);
    return isRefusal(begun) ? begun : { __typename: 'AuthorisationStart', ...begun };
  }

  @Mutation() @Can('channel.manage')
  async completeAuthorisation(@Args('state') state: string, @Args('authCode') authCode: string): Promise<Refusal | (ChannelView & { __typename: 'Channel' })> {
    const channelId = await this.authorisations.complete(state, authCode);
    return isRefusal(channelId) ? channelId : { __typename: 'Channel', ...this.views.of(await this.channels.get(channelId)) };
  }

  @ResolveField()
  async grant(@Parent() channel: ChannelView, @Context() context: GraphContext) {
    if (channel.authorisation !== 'platform') return null;
    const row = await loader(context, 'channel.grant', async (ids: readonly string[]) => {
      const rows = await this.grants.of(ids);
      return ids.map((id) => rows.get(id) ?? null);
    }).load(channel.id);
    return row && presentGrant(channel.platform, row);
  }
}

const presentGrant = (platform: string, { permissions, authorised_at: authorisedAt, revoked_at: revokedAt }: GrantRow) =>
  ({ permissions, abilities: abilitiesOf(platform, permissions), authorisedAt, revokedAt });
