import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can } from '../../core/graphql/doors.js';
import { grouped, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { isRefusal, type Refusal } from '../../core/graphql/refusal.js';
import { ChannelChecks } from './channel-checks.service.js';
import { ChannelLifecycle } from './channel-lifecycle.service.js';
import { presentTemplate, withoutNulls, type ChannelView } from './channel-view.js';
import { ChannelViews } from './channel-views.service.js';
import type { ChannelRow } from './channels.repository.js';
import { ChannelsService, type ConnectInput, type UpdateInput } from './channels.service.js';
import { TemplatesService } from './templates.service.js';

@Resolver('Channel')
export class ChannelsResolver {
  constructor(
    private readonly service: ChannelsService,
    private readonly lifecycle: ChannelLifecycle,
    private readonly checks: ChannelChecks,
    private readonly templatesOf: TemplatesService,
    private readonly views: ChannelViews,
  ) {}

  @Query() @Can('channel.read')
  channels(): Promise<ChannelView[]> {
    return this.views.all();
  }

  @Query() @Can('channel.read')
  async channel(@Args('id') id: string): Promise<ChannelView> {
    return this.views.of(await this.service.get(id));
  }

  @Query() @Can('channel.read')
  async messageTemplates(@Args('channelId') channelId?: string | null) {
    return (await this.templatesOf.list(channelId ?? undefined)).map(presentTemplate);
  }

  @Mutation() @Can('channel.manage')
  async connectChannel(@Args('input') input: ConnectInput) {
    return this.result(await this.service.connect(withoutNulls(input)));
  }

  @Mutation() @Can('channel.manage')
  async updateChannel(@Args('id') id: string, @Args('input') input: UpdateInput) {
    // null clears the daily limit; everywhere else null is the same as left out.
    const limit = input.dailySendLimit === null ? { dailySendLimit: null } : {};
    return this.result(await this.service.update(id, { ...withoutNulls(input), ...limit }));
  }

  @Mutation() @Can('channel.manage')
  async checkChannel(@Args('id') id: string): Promise<ChannelView> {
    await this.checks.run(id);
    return this.channel(id);
  }

  @Mutation() @Can('channel.manage')
  async syncTemplates(@Args('channelId') channelId: string) {
    return (await this.checks.syncTemplates(channelId)) ?? this.result(await this.service.get(channelId));
  }

  @Mutation() @Can('channel.manage')
  async pauseChannel(@Args('id') id: string): Promise<ChannelView> {
    await this.lifecycle.pause(id);
    return this.channel(id);
  }

  @Mutation() @Can('channel.manage')
  async resumeChannel(@Args('id') id: string): Promise<ChannelView> {
    await this.lifecycle.resume(id);
    return this.channel(id);
  }

  @Mutation() @Can('channel.manage')
  async disconnectChannel(@Args('id') id: string): Promise<ChannelView> {
    await this.lifecycle.disconnect(id);
    return this.channel(id);
  }

  @Mutation() @Can('channel.secrets')
  revealCallbackSecrets(@Args('channelId') channelId: string): Promise<{ token: string; aesKey: string }> {
    return this.service.revealCallbackSecrets(channelId);
  }

  @ResolveField()
  templates(@Parent() channel: ChannelView, @Context() context: GraphContext) {
    return loader(context, 'channel.templates', async (ids: readonly string[]) =>
      grouped(ids, (await this.templatesOf.listOf(ids)).map(presentTemplate), (template) => template.channelId)).load(channel.id);
  }

  private result(value: ChannelRow | Refusal): Refusal | (ChannelView & { __typename: 'Channel' }) {
    return isRefusal(value) ? value : { __typename: 'Channel', ...this.views.of(value) };
  }
}
