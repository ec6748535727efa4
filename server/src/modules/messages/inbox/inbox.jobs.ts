// The inbox listens to the channels.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { OnEvent } from '../../../core/jobs/decorators.js';
import { InboxIntake } from './inbox-intake.service.js';

@Injectable()
export class InboxJobs {
  constructor(private readonly intake: InboxIntake) {}

  @OnEvent('channel.received')
  receive({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    return this.intake.receive(channelId, inboundIds);
  }
}
