// Background work of connected accounts.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Cron } from '../../core/jobs/decorators.js';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelsRepository } from './channels.repository.js';

@Injectable()
export class ChannelsJobs {
  constructor(private readonly db: TenantDb, private readonly repository: ChannelsRepository, private readonly access: ChannelAccess) {}

  /** After SECRET_KEY changed: within the hour every secret is sealed by the new key, and the old one may go. */
  @Cron('channels.reseal', '17 * * * *')
  async reseal(): Promise<void> {
    for (const row of await this.db.read(() => this.repository.list())) await this.access.resealIfOld(row);
  }
}
