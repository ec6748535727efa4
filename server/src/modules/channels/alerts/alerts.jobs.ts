// Hears of penalties, and lets go of those that are over.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { Cron, OnEvent } from '../../../core/jobs/decorators.js';
import { InboundEvents } from '../inbound/inbound-events.service.js';
import { AlertsService } from './alerts.service.js';

@Injectable()
export class AlertsJobs {
  constructor(private readonly inbound: InboundEvents, private readonly alerts: AlertsService) {}

  @OnEvent('channel.received')
  async hear({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    const penalties = events.filter((event) => event.type === 'account.penalised');
    if (penalties.length > 0) await this.alerts.penalised(channelId, penalties);
  }

  @Cron('channels.alerts_over', '*/5 * * * *')
  settleOver(): Promise<void> {
    return this.alerts.settleOver();
  }
}
