// Makes the calls for many people: takes who is due into a batch, calls the platform outside of any transaction, enters its answer.
import { Injectable } from '@nestjs/common';
import { POST_RECIPIENTS, TASK_RECIPIENTS } from '@huiliu/shared';
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { BatchSender, ChannelSender, type ContactTaskCreated } from '../../channels/index.js';
import { isBatch, type BatchRung } from '../plan.js';
import { RendererService } from '../renderer.service.js';
import type { OpenDispatch } from '../settling.service.js';
import { batchSettlement, deadlineOf, nextPostLook, nextTaskLook, POST_PATIENCE_MS, type Batch } from './batch.js';
import { BatchSettling } from './batch-settling.service.js';
import { BatchesRepository, type Queue } from './batches.repository.js';

dayjs.extend(utc);
dayjs.extend(timezone);

const LEASE_MS = 60_000; // longer than the call with its timeout and a token; the platform takes the same id again after a minute

interface Call {
  batch: Batch;
  rung: BatchRung;
  text: string;
  people: readonly string[];
  latestUsefulAt: Date | undefined;
}

@Injectable()
export class BatchCalls {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: BatchesRepository,
    private readonly settling: BatchSettling,
    private readonly renderer: RendererService,
    private readonly sender: BatchSender,
    private readonly pace: ChannelSender,
  ) {}

  /** Sends what is due on this channel in batches. */
  async sendDue(channelId: string, due: readonly OpenDispatch[]): Promise<void> {
    for (const dispatch of due) {
      for (const [contentIndex, rung] of dispatch.row.spec.contents.entries()) {
        if (!isBatch(rung) || rung.channelId !== channelId) continue;
        const queue: Queue = { dispatchId: dispatch.row.id, channelId, contentIndex, kind: rung.kind === 'post' ? 'mass_post' : 'contact_message' };
        while (await this.sendNext(queue, rung, dispatch));
      }
    }
  }

  /** One batch, if the account may send at all. @returns whether another may follow now */
  private async sendNext(queue: Queue, rung: BatchRung, dispatch: OpenDispatch): Promise<boolean> {
    if ((await this.pace.takeRate(queue.channelId, 1)).granted === 0) return false;
    const call = await this.take(queue, rung, dispatch);
    if (!call) await this.pace.giveBackRate(queue.channelId, 1);
    return call !== undefined && this.make(call);
  }

  /** The call of a batch whose answer was never recorded: with the same id it is the same post. A group send has no id of ours. */
  async again(batch: Batch, dispatch: OpenDispatch): Promise<void> {
    const rung = dispatch.row.spec.contents[batch.contentIndex];
    if (batch.kind !== 'mass_post' || rung?.kind !== 'post') {
      await this.db.write(async () => {
        if (!(await this.isUnanswered(batch))) return;
        await this.settling.endAll(batch, { state: 'unknown', reason: 'process_lost', isReleased: false });
        await this.repository.update(batch.id, { state: 'unknown', reason: 'process_lost', now: this.clock.now() });
        await this.settling.moveOn(batch.dispatchId);
      });
      return;
    }
    const people = await this.db.write(async () => {
      if (!(await this.isUnanswered(batch))) return undefined;
      await this.repository.callAgain(batch.id, new Date(this.clock.now().getTime() + LEASE_MS));
      return this.repository.people(batch.id);
    });
    if (people === undefined) return;
    await this.make({ batch: { ...batch, attempts: batch.attempts + 1 }, rung, people, text: this.renderer.batch(rung, dispatch.wording), latestUsefulAt: dispatch.row.spec.latestUsefulAt });
  }

  /** Held for this write. False: its own call came back late after all, or another process calls again. What that one entered stands. */
  private async isUnanswered(batch: Batch): Promise<boolean> {
    const held = await this.repository.lockBatch(batch.id);
    return held?.state === 'sending' && held.attempts === batch.attempts;
  }

  /** Who is due, as one batch; undefined while it may still grow or when nobody is. */
  private take(queue: Queue, rung: BatchRung, { row, wording }: OpenDispatch): Promise<Call | undefined> {
    return this.db.write(async () => {
      const now = this.clock.now();
      const limit = rung.kind === 'post' ? POST_RECIPIENTS.most : TASK_RECIPIENTS.most;
      if (!(await this.repository.lock(queue))) return undefined;
      const { due, mayGrow } = await this.repository.waiting(queue, now, limit);
      // Employees are asked once and an account has few posts a day: half a batch waits for the other half.
      if (due === 0 || (due < limit && (!row.isSealed || mayGrow))) return undefined;
      const hindered = (await this.repository.dropHindered(queue, now)).filter(({ state }) => state === 'refused');
      await this.settling.reroute(row, queue.contentIndex + 1, hindered.filter(({ reason }) => reason === 'no_identity').map(({ customerId }) => customerId));
      await this.settling.reroute(row, queue.contentIndex, hindered.filter(({ reason }) => reason === 'period_over').map(({ customerId }) => customerId));
      const id = newId();
      const people = await this.repository.claim(id, queue, { now, limit, day: dayjs(now).tz(wording.shop.zone).format('YYYY-MM-DD') });
      if (people.length === 0) return undefined;
      const deadlineAt = rung.kind === 'post' ? new Date(now.getTime() + POST_PATIENCE_MS) : deadlineOf(now, rung.deadlineHours, row.spec.latestUsefulAt);
      await this.repository.insert(id, queue, { size: people.length, leaseUntil: new Date(now.getTime() + LEASE_MS), deadlineAt, now });
      const batch = await this.repository.find(id);
      return batch && { batch, rung, people, text: this.renderer.batch(rung, wording), latestUsefulAt: row.spec.latestUsefulAt };
    });
  }

  /** @returns whether another batch may follow now */
  private async make(call: Call): Promise<boolean> {
    const { batch, people, latestUsefulAt } = call;
    const result = await this.call(call);
    const now = this.clock.now();
    const settlement = batchSettlement(batch.kind, result, { attempts: batch.attempts, now, latestUsefulAt });
    if (settlement === undefined) return false; // looked at again when the lease is over
    await this.db.write(async () => {
      const held = await this.repository.lockBatch(batch.id);
      if (held?.state !== 'sending') return;
      const isAccepted = settlement.state === 'sent';
      await this.settling.endAll(batch, {
        state: isAccepted ? 'awaiting' : settlement.state, reason: settlement.reason, isReleased: settlement.effect === 'release', dueAt: settlement.dueAt, code: settlement.code,
        canReroute: settlement.canReroute ?? false,
      });
      const rejected = isAccepted && 'rejected' in result ? (result.rejected ?? []) : [];
      await this.settling.endSome(batch, rejected.map((externalId) => ({ externalId, state: 'refused' as const, reason: 'not_friend', at: null })));
      await this.repository.update(batch.id, isAccepted
        ? { state: 'awaiting', now, ...(settlement.platformId === undefined ? {} : { platformId: settlement.platformId }), nextLookAt: nextLook(held, now) }
        : { state: settlement.state === 'unknown' ? 'unknown' : 'failed', reason: settlement.reason, now, totals: { failed: settlement.state === 'unknown' ? 0 : people.length } });
      await this.settling.stop(batch, settlement);
      if (!isAccepted) await this.settling.moveOn(batch.dispatchId);
    });
    return settlement.state === 'sent';
  }

  private call({ batch, rung, people, text }: Call): Promise<ContactTaskCreated> {
    if (rung.kind === 'contact_task') return this.sender.createTask(batch.channelId, { to: people, text });
    if (people.length < POST_RECIPIENTS.fewest) {
      // The platform takes no post for one: they go on to the next rung.
      return Promise.resolve({ outcome: 'refused', reason: 'unknown_person', problem: 'post_too_few', code: 0, detail: 'a post needs two people' });
    }
    const content = rung.mediaId === undefined || rung.mediaId === '' ? { type: 'text' as const, text } : { type: 'article' as const, mediaId: rung.mediaId };
    return this.sender.post(batch.channelId, { to: { people }, content, clientMsgId: batch.id.replaceAll('-', '') });
  }
}

/** A group send that was cancelled while employees were being asked is taken back at once. */
const nextLook = ({ kind, isWithdrawn, deadlineAt }: Batch, now: Date): Date =>
  kind === 'mass_post' ? nextPostLook(now) : isWithdrawn ? now : nextTaskLook(now, 0, deadlineAt);
