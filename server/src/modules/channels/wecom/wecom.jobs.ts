// Background work of WeCom accounts.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnEvent, OnJob } from '../../../core/jobs/decorators.js';
import { ChannelsRepository } from '../channels.repository.js';
import { InboundEvents } from '../inbound/inbound-events.service.js';
import { ContactDesk } from './contact-desk.service.js';
import { ContactSync } from './contact-sync.service.js';
import { CustomerGroupsService } from './customer-groups.service.js';
import { LiveCodes } from './live-codes.service.js';
import { MomentsService } from './moments.service.js';
import { WelcomeDesk } from './welcome-desk.service.js';
import { learnContacts, readContacts, readGroups, tagNewcomer } from './wecom.job.js';

type Payload<J> = J extends { schema: { parse(value: unknown): infer T } } ? T : never;

@Injectable()
export class WecomJobs {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly channels: ChannelsRepository,
    private readonly inbound: InboundEvents,
    private readonly sync: ContactSync,
    private readonly desk: ContactDesk,
    private readonly codes: LiveCodes,
    private readonly welcomes: WelcomeDesk,
    private readonly groups: CustomerGroupsService,
    private readonly moments: MomentsService,
  ) {}

  @OnJob(readContacts)
  read({ syncId }: Payload<typeof readContacts>): Promise<void> {
    return this.sync.readPage(syncId);
  }

  @OnJob(learnContacts)
  learn({ channelId, externalIds }: Payload<typeof learnContacts>): Promise<void> {
    return this.desk.learn(channelId, externalIds);
  }

  @OnJob(tagNewcomer)
  async tag({ channelId, externalId, employee, state }: Payload<typeof tagNewcomer>): Promise<void> {
    const [code] = await this.codes.byStates(channelId, [state]);
    if (code !== undefined && code.corpTagIds.length > 0) await this.desk.tag(channelId, { externalId, employee }, code.corpTagIds);
  }

  @OnJob(readGroups)
  readGroups({ channelId, chatId }: Payload<typeof readGroups>): Promise<void> {
    return this.groups.read(channelId, chatId);
  }

  /** A listener of its own, and the first thing it does: the code is dead in seconds. */
  @OnEvent('channel.received')
  async welcome({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    if (events.some((event) => event.type === 'contact.added' && event.welcomeCode !== '')) await this.welcomes.greet(channelId, events, await this.welcomes.receivedAt(inboundIds));
  }

  @OnEvent('channel.received')
  async hear({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    await this.db.write(async () => {
      const events = await this.inbound.load(channelId, inboundIds);
      const groups = events.flatMap((event) => (event.type === 'group.changed' ? [event] : []));
      if (events.some((event) => event.type.startsWith('contact.'))) await this.desk.told(channelId, events);
      if (groups.length > 0) await this.groups.told(channelId, groups);
    });
  }

  /** Callbacks get lost, and what the API itself changes raises none: every night all is read again, and what differed is counted. */
  @Cron('channels.reconcile_contacts', '50 2 * * *')
  async reconcile(): Promise<void> {
    const accounts = (await this.db.read(() => this.channels.list())).filter((row) => row.platform === 'wecom' && row.status === 'live');
    for (const { id } of accounts) {
      await this.sync.start(id, 'daily');
      await this.groups.refresh(id);
    }
  }

  @Cron('channels.poll_moments', '*/15 * * * *')
  async pollMoments(): Promise<void> {
    await this.moments.poll();
    await this.welcomes.tidy();
  }
}
