// Followers of an official account as people of ours.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { OnEvent, OnJob } from '../../../core/jobs/decorators.js';
import { FollowerSync } from '../../channels/index.js';
import { PeopleNews } from '../identity/people-news.service.js';
import { AccountTagsService, pushAccountTag } from './account-tags.service.js';

const PLATFORM = 'wechat_official_account';
/** A page has up to ten thousand: met in stretches, so that no transaction holds its locks for long. */
const AT_ONCE = 500;

@Injectable()
export class FollowersJobs {
  constructor(private readonly followers: FollowerSync, private readonly news: PeopleNews, private readonly tags: AccountTagsService) {}

  @OnEvent('channel.followers_seen')
  async meet({ channelId, syncId, page }: EventPayload<'channel.followers_seen'>): Promise<void> {
    const seen = await this.followers.seen({ channelId, syncId, page });
    const present = seen.filter((one) => one.isFollowing);
    for (let at = 0; at < present.length; at += AT_ONCE) {
      const some = present.slice(at, at + AT_ONCE);
      await this.news.meet(channelId, PLATFORM, some.map(({ openid, unionId }) => ({ externalId: openid, ...(unionId === null ? {} : { unionId }) })));
      await this.tags.adopt(channelId, some.map((one) => one.openid));
    }
    const gone = seen.filter((one) => !one.isFollowing).map((one) => one.openid);
    if (gone.length > 0) await this.news.parted(channelId, PLATFORM, gone);
  }

  @OnJob(pushAccountTag)
  push({ channelId, tagId }: { channelId: string; tagId: string }): Promise<void> {
    return this.tags.pushSome(channelId, tagId);
  }
}
