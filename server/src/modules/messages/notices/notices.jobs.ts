import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { z } from 'zod';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnEvent, OnJob } from '../../../core/jobs/decorators.js';
import { defineJob } from '../../../core/jobs/define.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { NoticesService } from './notices.service.js';

export const confirmClaims = defineJob({ name: 'messages.confirm_claims', queue: 'send', schema: z.object({ couponIds: z.array(z.string()).min(1) }) });

/** The answer to the prompt comes a moment after the claim, by the page's report or the platform's push. */
const PERMIT_ARRIVES_MS = 5_000;

@Injectable()
export class NoticesJobs {
  constructor(
    private readonly notices: NoticesService,
    private readonly db: TenantDb,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  @Cron('messages.remind_of_expiry', '*/5 * * * *')
  remind(): Promise<void> {
    return this.notices.remindOfExpiry();
  }

  @OnEvent('coupon.claimed')
  async claimed(payload: EventPayload<'coupon.claimed'>): Promise<void> {
    const runAt = new Date(this.clock.now().getTime() + PERMIT_ARRIVES_MS);
    await this.db.write(() => this.jobs.enqueue(confirmClaims, payload, { runAt }));
  }

  @OnJob(confirmClaims)
  confirm({ couponIds }: { couponIds: string[] }): Promise<void> {
    return this.notices.confirmClaims(couponIds);
  }
}
