// Hears of people coming, leaving, and being the same.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { Cron, OnEvent } from '../../../core/jobs/decorators.js';
import { ChannelsService, InboundEvents } from '../../channels/index.js';
import { JoiningService } from './joining.service.js';
import { PeopleNews } from './people-news.service.js';

@Injectable()
export class PeopleJobs {
  constructor(
    private readonly inbound: InboundEvents,
    private readonly channels: ChannelsService,
    private readonly news: PeopleNews,
    private readonly joining: JoiningService,
  ) {}

  /** Followers, contacts, and ids that turn out to be one person's. */
  @OnEvent('channel.received')
  async meetPeople({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    const events = (await this.inbound.load(channelId, inboundIds)).filter((event) => ABOUT_PEOPLE.has(event.type));
    if (events.length === 0) return;
    const { platform } = await this.channels.get(channelId);
    await this.news.enter(channelId, platform, events);
  }

  /** Those who were named together while a message to one of them was under way. */
  @Cron('customers.join', '41 * * * *')
  async joinTheRest(): Promise<void> {
    await this.joining.repair();
  }
}

const ABOUT_PEOPLE = new Set(['follower.followed', 'follower.unfollowed', 'contact.added', 'contact.removed', 'identity.learnt']);
