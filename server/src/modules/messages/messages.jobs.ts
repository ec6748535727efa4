// Background work of messages: sending, the sweep after a crash, and what comes back.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { Cron, OnEvent, OnJob } from '../../core/jobs/decorators.js';
import { dispatchDue } from './dispatch.job.js';
import { Dispatcher } from './dispatcher.service.js';
import { ReceiptsService } from './receipts.service.js';
import { SweepService } from './sweep.service.js';

@Injectable()
export class MessagesJobs {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly sweeper: SweepService,
    private readonly receipts: ReceiptsService,
  ) {}

  @OnJob(dispatchDue)
  send({ channelId }: { channelId: string }): Promise<void> {
    return this.dispatcher.run(channelId);
  }

  @Cron('messages.sweep', '*/15 * * * * *')
  sweep(): Promise<void> {
    return this.sweeper.run();
  }

  @OnEvent('channel.received')
  receive({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    return this.receipts.receive(channelId, inboundIds);
  }

  @OnEvent('customer.visited')
  async tapped({ customerId, messageId, at }: EventPayload<'customer.visited'>): Promise<void> {
    if (messageId) await this.receipts.tapped(messageId, customerId, new Date(at));
  }
}
