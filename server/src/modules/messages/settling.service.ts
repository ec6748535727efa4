// What became of a wave, entered everywhere it matters in one transaction: states, permits, later rungs, the dispatch itself.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { Events } from '../../core/events/events.js';
import { Ledger, type Refused } from '../consents/index.js';
import { DispatchesRepository, type DispatchRow } from './dispatches.repository.js';
import type { DispatchSpec } from './plan.js';
import { Planner } from './planner.service.js';
import type { Wording } from './renderer.service.js';
import { MOST_CONTENT_FAILURES, streakOf, type Settlement } from './settle.js';
import type { Turn } from './turns.js';
import { WaveRepository, type ClaimedMessage, type QueuePlace, type SettledMessage } from './wave.repository.js';

export interface OpenDispatch {
  row: DispatchRow;
  wording: Wording;
  /** Shared by the lanes: index entries of what was taken stay until vacuum, and reading past them again would cost more with every wave. */
  place: QueuePlace | undefined;
}

export interface Wave {
  turn: Turn<OpenDispatch>;
  claimed: ClaimedMessage[];
  /** When it was taken, and the merchant's calendar day then: what the cap counts. */
  now: Date;
  day: string;
}

export interface Fate {
  message: ClaimedMessage;
  settlement: Settlement;
}

@Injectable()
export class SettlingService {
  constructor(
    private readonly clock: Clock,
    private readonly repository: WaveRepository,
    private readonly dispatches: DispatchesRepository,
    private readonly ledger: Ledger,
    private readonly planner: Planner,
    private readonly events: Events,
  ) {}

  /** States, permits and reroutes become true together. @returns true when the dispatch stopped itself */
  async settle({ turn, now, day }: Wave, fates: readonly Fate[]): Promise<boolean> {
    const { row } = turn.dispatch;
    const ours = await this.repository.settle(fates.map(answerOf), this.clock.now(), day);
    const settled = fates.filter(({ message }) => ours.has(message.id));
    await this.ledger.refuse(settled.flatMap((fate) => refusalOf(fate, row.id, now)));
    await this.reroute(row.spec, settled);
    const isStopped = await this.watch(row, settled.map(({ settlement }) => settlement), settled);
    const mayWaitAgain = settled.some(({ settlement }) => settlement.state === 'planned' || settlement.canReroute);
    return (mayWaitAgain && (await this.endIfCancelled(row.id))) || isStopped;
  }

  /** A cancel gave back what was planned then; what was under way and would now wait again is given back here. */
  private async endIfCancelled(id: string): Promise<boolean> {
    // Held last of all: a cancel that comes now waits for our commit, and sees what we put back in line.
    if ((await this.dispatches.hold(id))?.state !== 'cancelled') return false;
    await this.dispatches.release(id, { state: 'cancelled', reason: 'cancelled' }, this.clock.now());
    return true;
  }

  private async reroute(spec: DispatchSpec, settled: readonly Fate[]): Promise<void> {
    const movable = settled.filter(({ settlement }) => settlement.canReroute);
    for (const [index, fates] of Map.groupBy(movable, ({ message }) => message.contentIndex)) {
      await this.planner.reroute(spec, { customerIds: fates.map(({ message }) => message.customerId), fromIndex: index + 1 });
    }
  }

  /** Stops the dispatch when the account is refused, or our content time and again; campaigns hear of it. */
  private async watch(row: DispatchRow, settlements: readonly Settlement[], settled: readonly Fate[]): Promise<boolean> {
    const faulty = settled.findLast(({ settlement }) => settlement.fault !== undefined);
    const streak = streakOf(settlements);
    const failures = streak.trailing > 0 || row.contentFailures > 0 ? await this.dispatches.countContentFailures(row.id, streak) : 0;
    row.contentFailures = failures;
    if (!faulty?.settlement.fault) return false;
    const { fault, code = 0 } = faulty.settlement;
    if (fault.scope === 'content' && failures < MOST_CONTENT_FAILURES) return false;
    const contentIndex = faulty.message.contentIndex;
    const isNews = await this.dispatches.stop(row.id, { ...fault, code, contentIndex });
    if (isNews) await this.events.emit('message.content_rejected', { dispatchId: row.id, contentIndex, problem: fault.problem, field: fault.field ?? null, platformCode: code });
    return true;
  }
}

function answerOf({ message, settlement }: Fate): SettledMessage {
  return {
    id: message.id, state: settlement.state, reason: settlement.reason, platformId: settlement.platformId ?? null, code: settlement.code ?? null,
    dueAt: settlement.dueAt ?? null, isFreeTry: settlement.isFreeTry ?? false, isReleased: settlement.effect === 'release',
  };
}

function refusalOf({ message, settlement }: Fate, dispatchId: string, at: Date): Refused[] {
  if (settlement.effect !== 'refuse') return [];
  return [{
    identityId: message.identityId, kind: message.kind, scope: message.scope, reason: settlement.correction ?? 'drift', at, freed: 1,
    sourceKey: `refused:${message.id}:${message.attempts}`, evidence: { dispatchId, messageId: message.id, answer: settlement.reason, code: settlement.code ?? null },
  }];
}
