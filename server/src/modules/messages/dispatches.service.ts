// The life of a dispatch: opened with its settings, started, paused, cancelled, finished.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { notFound } from '../../core/errors/app-error.js';
import { Events } from '../../core/events/events.js';
import { Jobs } from '../../core/jobs/jobs.js';
import { dispatchDue } from './dispatch.job.js';
import { BatchesRepository } from './batches/batches.repository.js';
import { DispatchesRepository, type StopReason } from './dispatches.repository.js';
import type { DispatchProgress, DispatchReport, DispatchSpec, DispatchState } from './plan.js';

@Injectable()
export class Dispatches {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: DispatchesRepository,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly batches: BatchesRepository,
  ) {}

  /** Keeps the settings as they are now. Joins the caller's write. @throws conflict when it is open already */
  open(spec: DispatchSpec): Promise<void> {
    return this.db.write(() => this.repository.insert(spec));
  }

  /** The same, for a dispatch that several may find due: the first one's settings stand. */
  openOnce(spec: DispatchSpec): Promise<void> {
    return this.db.write(() => this.repository.insertOnce(spec));
  }

  /** Lets what is planned be sent. Safe to call after each chunk; a paused dispatch stays paused. */
  start(id: string): Promise<void> {
    return this.db.write(async () => {
      await this.repository.move(id, ['open'], 'sending');
      const dispatch = await this.repository.find(id);
      if (!dispatch) throw notFound('dispatch', id);
      if (dispatch.state === 'sending') await this.wake(dispatch.spec);
    });
  }

  /** Everybody is planned. When nothing is left to send, it is done at once. */
  seal(id: string): Promise<void> {
    return this.db.write(async () => {
      await this.repository.seal(id);
      await this.finish(id);
    });
  }

  /** No new send begins; those under way end. False: it was not sending. */
  async pause(id: string): Promise<boolean> {
    return this.db.write(async () => (await this.repository.move(id, ['open', 'sending'], 'paused')) !== undefined);
  }

  /** Goes on after a pause, or after it stopped itself. False: there was nothing to resume. */
  resume(id: string): Promise<boolean> {
    return this.db.write(async () => {
      const dispatch = await this.repository.move(id, ['paused', 'stopped'], 'sending');
      if (!dispatch) return false;
      await this.wake(dispatch.spec);
      await this.finish(id);
      return true;
    });
  }

  /** Ends it for good: what is planned is not sent, its permits go back. @returns how many messages that was */
  cancel(id: string): Promise<number> {
    return this.db.write(async () => {
      const dispatch = await this.repository.move(id, ['open', 'sending', 'paused', 'stopped'], 'cancelled');
      if (!dispatch) return 0;
      const released = await this.repository.release(id, { state: 'cancelled', reason: 'cancelled' }, this.clock.now());
      // Second: that one waited for a batch just being made, and this sees it.
      await this.batches.withdraw(id, this.clock.now());
      return released;
    });
  }

  async state(id: string): Promise<DispatchState | undefined> {
    return (await this.db.read(() => this.repository.find(id)))?.state;
  }

  /** What the platform said when it stopped itself. */
  async stopReason(id: string): Promise<StopReason | undefined> {
    return (await this.db.read(() => this.repository.find(id)))?.stateReason ?? undefined;
  }

  /** Messages by state, for many dispatches at once. */
  progress(ids: readonly string[]): Promise<Map<string, DispatchProgress>> {
    return this.db.read(() => this.repository.progress(ids));
  }

  /** What came of it. All zero when it never began. */
  report(id: string): Promise<DispatchReport> {
    return this.db.read(async () => {
      const [{ rungs, ...counts }, dispatch] = [await this.repository.report(id), await this.repository.find(id)];
      const contents = dispatch?.spec.contents ?? [];
      const batches = await this.batches.report(id);
      return { ...counts, batches, byRung: contents.map(({ kind }, index) => ({ kind, ...(rungs.find((rung) => rung.index === index) ?? { index, sent: 0, refused: 0, tapped: 0 }) })) };
    });
  }

  /** Sealed dispatches with nothing left become done, and say so. Inside a write. */
  async finish(id?: string): Promise<void> {
    for (const dispatchId of await this.repository.finish(id)) await this.events.emit('message.dispatch_drained', { dispatchId });
  }

  /** Puts a job in line for every channel with something due. Inside a write. */
  async wakeDue(): Promise<void> {
    for (const channelId of await this.repository.dueChannels(this.clock.now())) await this.wakeChannel(channelId);
  }

  /** Puts a job in line that sends what is due on one channel. Inside a write. */
  async wakeChannel(channelId: string): Promise<void> {
    await this.jobs.enqueue(dispatchDue, { channelId }, { key: channelId });
  }

  private async wake(spec: DispatchSpec): Promise<void> {
    const channelIds = [...new Set(spec.contents.map((rung) => rung.channelId))];
    for (const channelId of channelIds) await this.wakeChannel(channelId);
  }
}
