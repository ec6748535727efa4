// The ledger listens to the channels and closes windows by the clock.
import { Inject, Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { Cron, OnEvent } from '../../core/jobs/decorators.js';
import { LOG, type Log } from '../../core/log.js';
import { ConsentsService } from './consents.service.js';
import { Ledger } from './ledger.service.js';
import { PromptsService } from './prompts.service.js';

@Injectable()
export class ConsentsJobs {
  constructor(
    private readonly prompts: PromptsService,
    private readonly ledger: Ledger,
    private readonly consents: ConsentsService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @OnEvent('channel.received')
  enter({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    return this.prompts.enter(channelId, inboundIds);
  }

  @Cron('consents.expire_windows', '* * * * *')
  async expireWindows(): Promise<void> {
    await this.ledger.expire();
  }

  /** Every night the books are proved; a difference is a fault of ours, whoever looks at the page. */
  @Cron('consents.prove_books', '23 19 * * *')
  async proveBooks(): Promise<void> {
    const balance = await this.consents.balance();
    if (balance.offBalance > 0) this.log.error({ balance }, 'the reach ledger does not balance');
  }
}
