// Looks after batches that are under way: results of group sends, reminders, deadlines, posts whose event was lost.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { BatchSender, type ChannelEvent, type ContactTaskPage } from '../../channels/index.js';
import { DispatchesRepository } from '../dispatches.repository.js';
import { RendererService } from '../renderer.service.js';
import { isPostSent, isTimeToRemind, nextPostLook, nextTaskLook, type Batch } from './batch.js';
import { BatchCalls } from './batch-calls.service.js';
import { BatchSettling } from './batch-settling.service.js';
import { BatchesRepository, type Told } from './batches.repository.js';

const MOST_PAGES = 1_000;
/** Tries to cancel at the platform before we admit that we do not know who was sent to. */
const MOST_CANCELS = 10;

type PostFinished = Extract<ChannelEvent, { type: 'post.finished' }>;

@Injectable()
export class BatchLooks {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: BatchesRepository,
    private readonly dispatches: DispatchesRepository,
    private readonly calls: BatchCalls,
    private readonly settling: BatchSettling,
    private readonly renderer: RendererService,
    private readonly sender: BatchSender,
  ) {}

  due(): Promise<string[]> {
    return this.db.read(() => this.repository.dueForLook(this.clock.now()));
  }

  /** The job: one batch. Safe to run twice. */
  async look(batchId: string): Promise<void> {
    const batch = await this.db.read(() => this.repository.find(batchId));
    if (batch?.state === 'sending') return this.callAgain(batch);
    if (batch?.state !== 'awaiting' || batch.platformId === null) return;
    return batch.kind === 'mass_post' ? this.lookAtPost(batch, batch.platformId) : this.lookAtTask(batch, batch.platformId);
  }

  /** The platform's own word on a post. It names nobody: all are sent, or all failed; how many it left out is kept as it counted them. */
  async finishPost(channelId: string, event: PostFinished): Promise<void> {
    await this.db.write(async () => {
      const batch = await this.repository.byPlatformId(channelId, event.platformId);
      // The event overtook the answer that names the post: heard again in a moment. A post of the platform's own console is none of ours.
      if (!batch && (await this.repository.isCalling(channelId))) throw new Error(`post ${event.platformId} ended before its call was answered`);
      if (!batch || batch.state === 'finished' || batch.state === 'failed') return;
      await this.endPost(batch, isPostSent(event.status) ? undefined : event.status, { sent: event.sent, filtered: event.filtered, failed: event.failed });
    });
  }

  private async callAgain(batch: Batch): Promise<void> {
    const open = await this.db.read(async () => {
      const row = await this.dispatches.find(batch.dispatchId);
      return row && { row, wording: await this.renderer.wording(row.spec.contents, row.spec.offerId), place: undefined };
    });
    if (open) await this.calls.again(batch, open);
  }

  private async lookAtPost(batch: Batch, platformId: string): Promise<void> {
    const status = await this.sender.postStatus(batch.channelId, platformId);
    const now = this.clock.now();
    await this.db.write(async () => {
      const held = await this.repository.lockBatch(batch.id);
      if (held?.state !== 'awaiting') return;
      if (status.ok && status.value !== 'sending') await this.endPost(batch, status.value === 'sent' ? undefined : 'send fail', {});
      else if (batch.deadlineAt !== null && now >= batch.deadlineAt) {
        await this.settling.endAll(batch, { state: 'unknown', reason: 'no_receipt', isReleased: false });
        await this.repository.update(batch.id, { state: 'unknown', reason: 'no_receipt', now });
        await this.settling.moveOn(batch.dispatchId);
      } else await this.repository.countLook(batch.id, { isReminded: false, nextLookAt: nextPostLook(now), now });
    });
  }

  private async endPost(batch: Batch, failure: string | undefined, totals: Record<string, number>): Promise<void> {
    const now = this.clock.now();
    if (failure === undefined) await this.settling.endAll(batch, { state: 'sent', reason: null, isReleased: false });
    else await this.settling.endAll(batch, { state: 'refused', reason: 'post_rejected', isReleased: true, canReroute: true });
    await this.repository.update(batch.id, { state: failure === undefined ? 'finished' : 'failed', totals, now, ...(failure === undefined ? {} : { reason: failure.slice(0, 60) }) });
    await this.settling.moveOn(batch.dispatchId);
  }

  private async lookAtTask(batch: Batch, taskId: string): Promise<void> {
    const isOver = batch.isWithdrawn || (batch.deadlineAt !== null && this.clock.now() >= batch.deadlineAt);
    // First no employee can confirm any more, then the results are read: nobody is sent to twice.
    const isCancelled = isOver && (await this.sender.cancelTask(batch.channelId, taskId)).ok;
    const isRead = await this.readResults(batch, taskId);
    const now = this.clock.now();
    const isReminded = !isOver && isRead && isTimeToRemind(batch, now) && (await this.sender.remindTask(batch.channelId, taskId)).ok;
    await this.db.write(async () => {
      const held = await this.repository.lockBatch(batch.id);
      if (held?.state !== 'awaiting') return;
      const left = await this.repository.underWay(batch.id);
      if (left === 0) await this.finishTask(batch, null);
      else if (isCancelled && isRead) await this.closeTask(held);
      else if (isOver && batch.looks >= MOST_CANCELS) await this.giveUp(batch);
      else await this.repository.countLook(batch.id, { isReminded, now, nextLookAt: isOver ? new Date(now.getTime() + 60_000) : nextTaskLook(now, batch.looks + 1, batch.deadlineAt) });
    });
  }

  /** @returns whether every page was read */
  private async readResults(batch: Batch, taskId: string): Promise<boolean> {
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const read = await this.sender.taskResults(batch.channelId, taskId, cursor);
      if (!read.ok) return false;
      const told = toldOf(read.value);
      if (told.length > 0) await this.db.write(() => this.settling.endSome(batch, told));
      cursor = read.value.next;
      if (cursor === undefined || cursor === '') return true;
    }
    return false;
  }

  /** Nobody can confirm any more: who was not sent to goes on to the next rung, or back to where the campaign was cancelled. */
  private async closeTask(batch: Batch): Promise<void> {
    if (batch.isWithdrawn) await this.settling.endAll(batch, { state: 'cancelled', reason: 'cancelled', isReleased: true });
    else await this.settling.endAll(batch, { state: 'refused', reason: 'unconfirmed', isReleased: true, canReroute: true });
    await this.finishTask(batch, batch.isWithdrawn ? 'cancelled' : 'unconfirmed');
  }

  private async giveUp(batch: Batch): Promise<void> {
    await this.settling.endAll(batch, { state: 'unknown', reason: 'cancel_failed', isReleased: false });
    await this.repository.update(batch.id, { state: 'unknown', reason: 'cancel_failed', now: this.clock.now() });
    await this.settling.moveOn(batch.dispatchId);
  }

  private async finishTask(batch: Batch, reason: string | null): Promise<void> {
    await this.repository.update(batch.id, { state: 'finished', reason, now: this.clock.now() });
    await this.settling.moveOn(batch.dispatchId);
  }
}

/** Results that say something; one person may be listed under two employees, and sent by one of them is sent. */
function toldOf({ results }: ContactTaskPage): Told[] {
  const told = new Map<string, Told>();
  for (const { externalId, status, at } of results) {
    if (status === 'waiting' || told.get(externalId)?.state === 'sent') continue;
    told.set(externalId, { externalId, state: status === 'sent' ? 'sent' : 'refused', reason: status === 'sent' ? null : status, at: at === undefined ? null : new Date(at) });
  }
  return [...told.values()];
}
