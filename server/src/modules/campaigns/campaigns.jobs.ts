import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { OnEvent, OnJob } from '../../core/jobs/decorators.js';
import { planChunk } from './plan-chunk.job.js';
import { PlanningService } from './planning.service.js';
import { SwitchesService } from './switches.service.js';

@Injectable()
export class CampaignsJobs {
  constructor(
    private readonly planning: PlanningService,
    private readonly switches: SwitchesService,
  ) {}

  @OnJob(planChunk)
  planChunk({ campaignId, number }: { campaignId: string; number: number }): Promise<void> {
    return this.planning.planChunk(campaignId, number);
  }

  @OnEvent('message.dispatch_drained')
  onDrained({ dispatchId }: EventPayload<'message.dispatch_drained'>): Promise<void> {
    return this.planning.finish(dispatchId);
  }

  @OnEvent('message.content_rejected')
  onRejected({ dispatchId, ...rejection }: EventPayload<'message.content_rejected'>): Promise<void> {
    return this.switches.stop(dispatchId, rejection);
  }
}
