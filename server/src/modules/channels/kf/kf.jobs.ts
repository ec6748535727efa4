// Background work of WeChat Customer Service.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnEvent, OnJob } from '../../../core/jobs/decorators.js';
import { ChannelsRepository } from '../channels.repository.js';
import { InboundEvents } from '../inbound/inbound-events.service.js';
import { KfAccounts } from './kf-accounts.service.js';
import { KfReader } from './kf-reader.service.js';
import { readKf } from './kf.job.js';

@Injectable()
export class KfJobs {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly channels: ChannelsRepository,
    private readonly inbound: InboundEvents,
    private readonly reader: KfReader,
    private readonly accounts: KfAccounts,
  ) {}

  /** Where one app of a corp does both, the push arrives at its WeCom channel: the customer-service channel of that corp reads. */
  @OnEvent('channel.received')
  async hear({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    await this.db.write(async () => {
      const pushes = (await this.inbound.load(channelId, inboundIds)).filter((event) => event.type === 'kf.pending');
      if (pushes.length === 0) return;
      const told = await this.channels.find(channelId);
      const reads = told?.platform === 'wechat_kf' ? { id: told.id } : told && (await this.channels.findByApp('wechat_kf', told.app_id));
      if (!reads) return;
      for (const [accountId, of] of Map.groupBy(pushes, (push) => push.accountId)) await this.reader.want(reads.id, accountId, of.at(-1)?.token ?? '');
    });
  }

  @OnJob(readKf)
  read({ channelId, accountId }: { channelId: string; accountId: string }): Promise<void> {
    return this.reader.read(channelId, accountId);
  }

  @OnEvent('channel.connected')
  async connected({ channelId }: EventPayload<'channel.connected'>): Promise<void> {
    const row = await this.db.read(() => this.channels.find(channelId));
    if (row?.platform === 'wechat_kf') await this.accounts.sync(channelId);
  }

  @Cron('channels.catch_up_kf', '* * * * *')
  catchUp(): Promise<void> {
    return this.reader.catchUp();
  }
}
