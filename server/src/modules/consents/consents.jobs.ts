// The ledger listens to the channels and closes windows by the clock.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { Cron, OnEvent } from '../../core/jobs/decorators.js';
import { Ledger } from './ledger.service.js';
import { PromptsService } from './prompts.service.js';

@Injectable()
export class ConsentsJobs {
  constructor(
    private readonly prompts: PromptsService,
    private readonly ledger: Ledger,
  ) {}

  @OnEvent('channel.received')
  enter({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    return this.prompts.enter(channelId, inboundIds);
  }

  @Cron('consents.expire_windows', '* * * * *')
  async expireWindows(): Promise<void> {
    await this.ledger.expire();
  }
}
