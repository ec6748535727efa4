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

interface Queue {
  waiting: Waiting[];
  inFlight: number;
}

const BATCH = 400;
// Two statements under way: while one waits for the disk the next is on its way. More would only make smaller batches.
const AT_ONCE = 2;
// From this size on the job is enqueued in the same flight as the insert, before we know which rows were new.
const PIPELINED_FROM = 8;

@Injectable()
export class InboundIntake {
  private readonly queues = new Map<string, Queue>();

  constructor(
    private readonly db: TenantDb,
    private readonly repository: InboundRepository,
    private readonly jobs: Jobs,
  ) {}

  /** Resolves after the commit. `seen`: a push with this key is stored already, and nothing was done. */
  store(tenantId: string, push: Omit<NewInbound, 'id'>): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const queue = this.queues.get(tenantId) ?? { waiting: [], inFlight: 0 };
      this.queues.set(tenantId, queue);
      queue.waiting.push({ ...push, id: newId(), resolve, reject });
      // Callbacks that were read in the same turn of the event loop join one batch.
      if (queue.waiting.length === 1) setImmediate(() => this.pump(tenantId, queue));
    });
  }

  private pump(tenantId: string, queue: Queue): void {
    while (queue.inFlight < AT_ONCE && queue.waiting.length > 0) {
      queue.inFlight += 1;
      void this.settle(tenantId, queue.waiting.splice(0, BATCH)).then(() => {
        queue.inFlight -= 1;
        this.pump(tenantId, queue);
      });
    }
    if (queue.inFlight === 0) this.queues.delete(tenantId);
  }

  private async settle(tenantId: string, batch: readonly Waiting[]): Promise<void> {
    try {
      const stored = await this.write(tenantId, batch);
      for (const one of batch) one.resolve(stored.has(one.id) ? 'stored' : 'seen');
    } catch (error) {
      for (const one of batch) one.reject(error);
    }
  }

  private write(tenantId: string, batch: readonly Waiting[]): Promise<Set<string>> {
    // In one order, so that two batches with the same keys wait for each other and never in a ring.
    const ordered = batch.toSorted((a, b) => (a.dedupKey < b.dedupKey ? -1 : 1));
    return runAs({ tenantId, actor: { kind: 'system', name: 'callback' }, requestId: '-' }, () =>
      this.db.write(async () => new Set(ordered.length < PIPELINED_FROM ? await this.storeThenTell(ordered) : await this.storeAndTell(ordered))));
  }

  private async storeThenTell(batch: readonly Waiting[]): Promise<string[]> {
    const ids = await this.repository.insert(batch);
    if (ids.length > 0) await this.jobs.enqueue(receiveInbound, { inboundIds: ids });
    return ids;
  }

  /** The job gets the ids of all; those that were not new name no row, and it passes over them. */
  private async storeAndTell(batch: readonly Waiting[]): Promise<string[]> {
    const [ids] = await Promise.all([this.repository.insert(batch), this.jobs.enqueue(receiveInbound, { inboundIds: batch.map((one) => one.id) })]);
    return ids;
  }
}
