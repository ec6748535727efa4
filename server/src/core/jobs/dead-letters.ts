// Jobs that were given up: listed for the tenant's operator, and put back in line on demand.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../context.js';
import { SystemDb } from '../db/system-db.js';
import { notFound } from '../errors/app-error.js';
import type { Envelope } from './jobs.js';
import { Jobs } from './jobs.js';

export interface DeadLetter {
  id: string;
  jobName: string;
  error: string;
  errorKind: string;
  attempts: number;
  failedAt: Date;
  retriedAt: Date | null;
}

@Injectable()
export class DeadLetters {
  constructor(
    private readonly system: SystemDb,
    private readonly jobs: Jobs,
  ) {}

  /** The newest hundred of this tenant. */
  list(): Promise<DeadLetter[]> {
    return this.system.read('dead letters stand outside the fence', () =>
      this.system.query<DeadLetter>(
        `select id, job_name "jobName", error, error_kind "errorKind", attempts, failed_at "failedAt", retried_at "retriedAt"
         from dead_letters where tenant_id = $1 order by failed_at desc limit 100`,
        [currentTenantId()],
      ),
    );
  }

  /** Puts it back in line with a fresh count of attempts. @throws NOT_FOUND when it is not this tenant's. */
  async retry(id: string): Promise<void> {
    await this.system.write('dead letters stand outside the fence', async () => {
      const row = await this.system.one<{ job_name: string; payload: Envelope }>(
        'update dead_letters set retried_at = now() where id = $1 and tenant_id = $2 and retried_at is null returning job_name, payload',
        [id, currentTenantId()],
      );
      if (!row) throw notFound('dead_letter', id);
      await this.jobs.enqueueRaw([{ name: row.job_name, queue: 'events', attempts: 8, payload: row.payload.p }]);
    });
  }
}
