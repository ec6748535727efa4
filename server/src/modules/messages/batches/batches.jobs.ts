// Batches by the clock: every quarter of a minute whoever is due is put in line, one job each.
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnJob } from '../../../core/jobs/decorators.js';
import { defineJob } from '../../../core/jobs/define.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { BatchLooks } from './batch-looks.service.js';

export const lookAtBatch = defineJob({ name: 'messages.look_at_batch', queue: 'send', schema: z.object({ batchId: z.uuid() }), attempts: 5 });

@Injectable()
export class BatchesJobs {
  constructor(
    private readonly db: TenantDb,
    private readonly jobs: Jobs,
    private readonly looks: BatchLooks,
  ) {}

  @OnJob(lookAtBatch)
  look({ batchId }: { batchId: string }): Promise<void> {
    return this.looks.look(batchId);
  }

  @Cron('messages.batches', '*/15 * * * * *')
  async round(): Promise<void> {
    const due = await this.looks.due();
    if (due.length === 0) return;
    await this.db.write(async () => {
      for (const batchId of due) await this.jobs.enqueue(lookAtBatch, { batchId }, { key: batchId });
    });
  }
}
