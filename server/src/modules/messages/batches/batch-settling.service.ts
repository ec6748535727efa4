// What became of a batch, entered everywhere it matters in one transaction: states, permits, later rungs, the dispatch itself.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { Events } from '../../../core/events/events.js';
import { Ledger, type Refused } from '../../consents/index.js';
import { DispatchesRepository, type DispatchRow } from '../dispatches.repository.js';
import { Dispatches } from '../dispatches.service.js';
import { Planner } from '../planner.service.js';
import type { Settlement } from '../settle.js';
import type { Batch } from './batch.js';
import { BatchesRepository, type EndAll, type Settled, type Told } from './batches.repository.js';

@Injectable()
export class BatchSettling {
  constructor(
    private readonly clock: Clock,
    private readonly repository: BatchesRepository,
    private readonly dispatchRows: DispatchesRepository,
    private readonly dispatches: Dispatches,
    private readonly ledger: Ledger,
    private readonly planner: Planner,
    private readonly events: Events,
  ) {}

  /** One fate for everybody who is still under way; those who may go on to a later rung do. Inside a write. */
  async endAll(batch: Batch, end: EndAll & { canReroute?: boolean }): Promise<void> {
    const customerIds = await this.repository.endAll(batch.id, end, this.clock.now());
    if (customerIds.length === 0) return;
    const dispatch = await this.dispatchRows.hold(batch.dispatchId);
    if (end.canReroute === true && dispatch) await this.reroute(dispatch, batch.contentIndex + 1, customerIds);
    if (dispatch?.state === 'cancelled') await this.dispatchRows.release(batch.dispatchId, { state: 'cancelled', reason: 'cancelled' }, this.clock.now());
  }

  /** What the platform said of single people. @returns how many it refused */
  async endSome(batch: Batch, told: readonly Told[]): Promise<number> {
    if (told.length === 0) return 0;
    const settled = await this.repository.endSome(batch, told);
    const refused = settled.filter(({ state }) => state === 'refused');
    if (refused.length === 0) return 0;
    await this.ledger.refuse(refused.map((one) => this.refusalOf(one, batch)));
    const dispatch = await this.dispatchRows.hold(batch.dispatchId);
    if (dispatch && dispatch.state !== 'cancelled') await this.reroute(dispatch, batch.contentIndex + 1, refused.map(({ customerId }) => customerId));
    await this.repository.addFailed(batch.id, refused.length);
    return refused.length;
  }

  /** Sends people on over a later rung (or the same one in a new period), while that is useful. */
  async reroute(dispatch: DispatchRow, fromIndex: number, customerIds: readonly string[]): Promise<void> {
    if (customerIds.length > 0) await this.planner.reroute(dispatch.spec, { customerIds, fromIndex });
  }

  /** The account or our content was refused: everything of the dispatch would fare the same. */
  async stop(batch: Batch, { fault, code = 0 }: Settlement): Promise<void> {
    if (!fault) return;
    const isNews = await this.dispatchRows.stop(batch.dispatchId, { ...fault, code, contentIndex: batch.contentIndex });
    if (isNews) await this.events.emit('message.content_rejected', { dispatchId: batch.dispatchId, contentIndex: batch.contentIndex, problem: fault.problem, field: fault.field ?? null, platformCode: code });
  }

  /** Who goes on to another rung is sent to at once, and a dispatch with nothing left is done. */
  async moveOn(dispatchId: string): Promise<void> {
    await this.dispatches.finish(dispatchId);
    await this.dispatches.wakeDue();
  }

  private refusalOf(one: Settled, batch: Batch): Refused {
    return {
      identityId: one.identityId, kind: one.kind, scope: one.scope, reason: one.reason === 'allowance_used_up' ? 'drift' : 'blocked', at: this.clock.now(), freed: 1,
      sourceKey: `refused:${one.id}:${one.attempts}`, evidence: { dispatchId: batch.dispatchId, batchId: batch.id, messageId: one.id, answer: one.reason },
    };
  }
}
