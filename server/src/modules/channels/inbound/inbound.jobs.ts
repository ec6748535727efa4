// Background work of inbound callbacks.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnJob } from '../../../core/jobs/decorators.js';
import { receiveInbound } from './inbound.job.js';
import { InboundRepository } from './inbound.repository.js';
import { InboundService } from './inbound.service.js';

const KEEP_BODIES_DAYS = 30;

@Injectable()
export class InboundJobs {
  constructor(private readonly inbound: InboundService, private readonly repository: InboundRepository, private readonly db: TenantDb) {}

  @OnJob(receiveInbound)
  receive({ inboundIds }: { inboundIds: string[] }): Promise<void> {
    return this.inbound.receive(inboundIds);
  }

  @Cron('channels.forget_bodies', '40 4 * * *')
  async forgetBodies(): Promise<void> {
    await this.db.write(() => this.repository.forgetBodies(KEEP_BODIES_DAYS));
  }
}
