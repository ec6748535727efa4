// Contacts of a WeCom account as people of ours.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnEvent, OnJob } from '../../../core/jobs/decorators.js';
import { ContactDesk, InboundEvents } from '../../channels/index.js';
import { PeopleNews } from '../identity/people-news.service.js';
import { CorpTagsService, pullCorpTags, pushCorpTag } from './corp-tags.service.js';
import { UnionLookups } from './union-lookups.service.js';

const PLATFORM = 'wecom';

@Injectable()
export class ContactsJobs {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly desk: ContactDesk,
    private readonly inbound: InboundEvents,
    private readonly news: PeopleNews,
    private readonly tags: CorpTagsService,
    private readonly lookups: UnionLookups,
  ) {}

  @OnEvent('channel.contacts_seen')
  async meet({ channelId, ids }: EventPayload<'channel.contacts_seen'>): Promise<void> {
    const rows = await this.desk.load(channelId, ids);
    const people = new Map(rows.filter((row) => row.removedAt === null).map((row) => [row.externalId, row]));
    if (people.size > 0) {
      await this.news.meet(channelId, PLATFORM, [...people.values()].map(({ externalId, unionId }) => ({ externalId, ...(unionId === null ? {} : { unionId }) })));
      await this.tags.adopt(channelId, [...people.keys()]);
    }
    // A contact that one employee lost may still be another's.
    const left = [...new Set(rows.filter((row) => row.removedAt !== null).map((row) => row.externalId))];
    const gone = left.length > 0 ? await this.tags.gone(channelId, left) : [];
    if (gone.length > 0) await this.news.parted(channelId, PLATFORM, gone);
  }

  @OnEvent('channel.received')
  async hear({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    if (events.some((event) => event.type === 'contact_tags.changed')) await this.db.write(() => this.tags.changed(channelId));
  }

  @Cron('customers.look_up_unions', '20 4 * * *')
  async lookUp(): Promise<void> {
    await this.lookups.run();
  }

  @OnJob(pushCorpTag)
  push({ channelId, tagId, after }: { channelId: string; tagId: string; after?: string | undefined }): Promise<void> {
    return this.tags.pushSome(channelId, tagId, after);
  }

  @OnJob(pullCorpTags)
  async pull({ channelId }: { channelId: string }): Promise<void> {
    await this.tags.pull(channelId);
  }
}
