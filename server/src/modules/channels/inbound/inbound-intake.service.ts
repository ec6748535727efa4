// Takes callbacks in: what arrives while one statement is under way goes into the next, so a burst costs few commits
// and every caller still learns exactly what became of its own.
import { Injectable } from '@nestjs/common';
import { runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { receiveInbound } from './inbound.job.js';
import { InboundRepository, type NewInbound } from './inbound.repository.js';

export type Stored = 'stored' | 'seen';

interface Waiting extends NewInbound {
  resolve: (stored: Stored) => void;
  reject: (error: unknown) => void;
}

const BATCH = 400;

@Injectable()
export class InboundIntake {
  private readonly queues = new Map<string, Waiting[]>();

  constructor(
    private readonly db: TenantDb,
    private readonly repository: InboundRepository,
    private readonly jobs: Jobs,
  ) {}

  /** Resolves after the commit. `seen`: a push with this key is stored already, and nothing was done. */
  store(tenantId: string, push: Omit<NewInbound, 'id'>): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const waiting = { ...push, id: newId(), resolve, reject };
      const queue = this.queues.get(tenantId);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      this.queues.set(tenantId, [waiting]);
      // Callbacks that were read in the same turn of the event loop join the first batch.
      setImmediate(() => void this.drain(tenantId));
    });
  }

  private async drain(tenantId: string): Promise<void> {
    const queue = this.queues.get(tenantId) ?? [];
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH);
      try {
        const stored = await this.write(tenantId, batch);
        for (const one of batch) one.resolve(stored.has(one.id) ? 'stored' : 'seen');
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    this.queues.delete(tenantId);
  }

  private write(tenantId: string, batch: readonly Waiting[]): Promise<Set<string>> {
    return runAs({ tenantId, actor: { kind: 'system', name: 'callback' }, requestId: '-' }, () =>
      this.db.write(async () => {
        const ids = await this.repository.insert(batch);
        if (ids.length > 0) await this.jobs.enqueue(receiveInbound, { inboundIds: ids });
        return new Set(ids);
      }));
  }
}
