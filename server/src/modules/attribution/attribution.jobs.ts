// Background work of attribution.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { OnEvent } from '../../core/jobs/decorators.js';
import { InboundEvents } from '../channels/index.js';
import { AddedContacts } from './added-contacts.service.js';
import { ScannedCodes } from './scanned-codes.service.js';

@Injectable()
export class AttributionJobs {
  constructor(private readonly inbound: InboundEvents, private readonly scanned: ScannedCodes, private readonly added: AddedContacts) {}

  @OnEvent('channel.received')
  async hear({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    await this.scanned.record(channelId, events);
    await this.added.record(channelId, events);
  }
}
