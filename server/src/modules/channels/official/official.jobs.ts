// Background work of official accounts.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnEvent, OnJob } from '../../../core/jobs/decorators.js';
import type { ChannelEvent } from '../adapter.js';
import { ChannelsRepository } from '../channels.repository.js';
import { InboundEvents } from '../inbound/inbound-events.service.js';
import { ArticleDesk } from './article-desk.service.js';
import { FollowerSync } from './follower-sync.service.js';
import { learnFollowers, readFollowers } from './followers.job.js';
import { MassPosts } from './mass-posts.service.js';

@Injectable()
export class OfficialJobs {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly channels: ChannelsRepository,
    private readonly inbound: InboundEvents,
    private readonly followers: FollowerSync,
    private readonly posts: MassPosts,
    private readonly articles: ArticleDesk,
  ) {}

  @OnJob(readFollowers)
  read({ syncId }: { syncId: string }): Promise<void> {
    return this.followers.readPage(syncId);
  }

  @OnJob(learnFollowers)
  learn({ channelId, openids }: { channelId: string; openids: string[] }): Promise<void> {
    return this.followers.learn(channelId, openids);
  }

  @OnEvent('channel.received')
  async hear({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    await this.db.write(async () => {
      const events = await this.inbound.load(channelId, inboundIds);
      const told = events.flatMap(followOf);
      if (told.length > 0) await this.followers.told(channelId, told);
      await this.articles.ended(channelId, events.filter((event) => event.type === 'article.published'));
      await this.posts.ended(channelId, events.filter((event) => event.type === 'post.finished'));
    });
  }

  /** Lost callbacks leave followers out or in: once a month the whole list is read again, and what differed is counted. */
  @Cron('channels.reconcile_followers', '20 3 1 * *')
  async reconcileFollowers(): Promise<void> {
    const accounts = (await this.db.read(() => this.channels.list())).filter((row) => row.platform === 'wechat_official_account' && row.status === 'live');
    for (const { id } of accounts) await this.followers.start(id, 'monthly');
  }

  @Cron('channels.reconcile_posts', '35 * * * *')
  async reconcilePosts(): Promise<void> {
    await this.posts.reconcile();
    await this.articles.reconcile();
  }
}

function followOf(event: ChannelEvent): { openid: string; isFollowing: boolean; at: string; scene: string }[] {
  if (event.type === 'follower.followed') return [{ openid: event.externalId, isFollowing: true, at: event.at, scene: event.scene ?? '' }];
  if (event.type === 'follower.unfollowed') return [{ openid: event.externalId, isFollowing: false, at: event.at, scene: '' }];
  return [];
}
