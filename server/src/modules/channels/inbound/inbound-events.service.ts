// For the modules above: what a `channel.received` event is about.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { ChannelEvent } from '../adapter.js';
import { InboundRepository } from './inbound.repository.js';

@Injectable()
export class InboundEvents {
  constructor(private readonly db: TenantDb, private readonly repository: InboundRepository) {}

  /** The events of these pushes, oldest first. Joins an open transaction. Ids of another channel give nothing. */
  load(channelId: string, inboundIds: readonly string[]): Promise<ChannelEvent[]> {
    return this.db.read(() => this.repository.events(channelId, inboundIds));
  }
}
