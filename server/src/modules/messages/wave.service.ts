// One wave: taken in one statement, sent at once, settled in one statement together with the taking of the next.
import { Injectable } from '@nestjs/common';
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Events } from '../../core/events/events.js';
import { Ledger, type Refused } from '../consents/index.js';
import { ChannelSender, type SendRequest } from '../channels/index.js';
import { TimelineService } from '../customers/index.js';
import { DispatchesRepository, type DispatchRow } from './dispatches.repository.js';
import type { DispatchSpec } from './plan.js';
import { Planner } from './planner.service.js';
import { RendererService, type Wording } from './renderer.service.js';
import { MOST_CONTENT_FAILURES, settlementOf, streakOf, type Settlement } from './settle.js';
import type { Turn } from './turns.js';
import { WaveRepository, type ClaimedMessage, type SettledMessage } from './wave.repository.js';

dayjs.extend(utc);
dayjs.extend(timezone);

// Longer than any send with its timeout and a token refresh may take.
const LEASE_MS = 45_000;

export interface OpenDispatch {
  row: DispatchRow;
  wording: Wording;
}

export interface Wave {
  turn: Turn<OpenDispatch>;
  claimed: ClaimedMessage[];
  /** When it was taken, and the merchant's calendar day then: what the cap counts. */
  now: Date;
  day: string;
}

export interface WaveOutcome {
  /** Messages for which the platform was called. */
  sent: number;
  /** The dispatch stopped, or the account must wait: no use in another wave now. */
  isOver: boolean;
  /** The wave after it, taken in the same transaction that settled this one. */
  next: Wave | undefined;
}

interface Fate {
  message: ClaimedMessage;
  settlement: Settlement;
}

@Injectable()
export class WaveService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: WaveRepository,
    private readonly dispatches: DispatchesRepository,
    private readonly renderer: RendererService,
    private readonly sender: ChannelSender,
    private readonly ledger: Ledger,
    private readonly planner: Planner,
    private readonly timeline: TimelineService,
    private readonly events: Events,
  ) {}

  /** Takes the first wave of a lane. */
  take(channelId: string, turn: Turn<OpenDispatch>): Promise<Wave> {
    return this.db.write(() => this.claim(channelId, turn));
  }

  /** Sends a wave and settles it; takes the next one with the same commit. */
  async send(channelId: string, wave: Wave, then: Turn<OpenDispatch> | undefined): Promise<WaveOutcome> {
    const { fates, sent } = await this.deliver(channelId, wave);
    const { isStopped, next } = await this.db.write(async () => ({
      isStopped: fates.length > 0 && (await this.settle(wave, fates)),
      next: then && (await this.claim(channelId, then)),
    }));
    const mustWait = fates.some(({ settlement }) => settlement.reason === 'day_quota');
    return { sent, isOver: isStopped || mustWait, next };
  }

  private async claim(channelId: string, turn: Turn<OpenDispatch>): Promise<Wave> {
    const now = this.clock.now();
    const { row, wording } = turn.dispatch;
    const day = dayjs(now).tz(wording.shop.zone).format('YYYY-MM-DD');
    const claimed = await this.repository.claim({
      dispatchId: row.id, channelId, count: turn.count, now, leaseUntil: new Date(now.getTime() + LEASE_MS), day,
      hasCoupons: wording.needsCoupon, hasWindows: row.spec.contents.some((rung) => rung.kind === 'window'),
    });
    return { turn, claimed, now, day };
  }

  private async deliver(channelId: string, { turn, claimed }: Wave): Promise<{ fates: Fate[]; sent: number }> {
    const { row, wording } = turn.dispatch;
    const fates: Fate[] = [];
    const ready: { message: ClaimedMessage; request: SendRequest; isClipped: boolean }[] = [];
    for (const message of claimed) {
      const obstacle = obstacleOf(message);
      const rendered = obstacle ? undefined : this.renderer.render(wording, message.contentIndex, { ...message, messageId: message.id });
      if (rendered?.ok) ready.push({ message, request: rendered.request, isClipped: rendered.isClipped });
      else fates.push({ message, settlement: obstacle ?? { state: 'skipped', reason: rendered?.reason ?? 'field_invalid', effect: 'release' } });
    }
    const results = await this.sender.sendMany(channelId, ready.map(({ request }) => request), ready.length);
    const now = this.clock.now();
    ready.forEach(({ message, isClipped }, index) => {
      const result = results[index] ?? { outcome: 'unsupported' as const };
      const settlement = settlementOf(result, { attempts: message.attempts, now, latestUsefulAt: row.spec.latestUsefulAt });
      fates.push({ message, settlement: isClipped && settlement.state === 'sent' ? { ...settlement, reason: 'clipped' } : settlement });
    });
    return { fates, sent: ready.length };
  }

  /** States, permits, reroutes and the timeline become true together. @returns true when the dispatch stopped itself */
  private async settle({ turn, now, day }: Wave, fates: readonly Fate[]): Promise<boolean> {
    const { row } = turn.dispatch;
    const ours = await this.repository.settle(fates.map(answerOf), this.clock.now(), day);
    const settled = fates.filter(({ message }) => ours.has(message.id));
    await this.timeline.record(settled.filter(({ settlement }) => settlement.state === 'sent').map(({ message }) => ({
      customerId: message.customerId, type: 'message.sent', occurredAt: now, sourceKey: `message.sent:${message.id}`, subjectId: message.id,
      detail: { dispatchId: row.id, kind: message.kind },
    })));
    await this.ledger.refuse(settled.flatMap((fate) => refusalOf(fate, row.id, now)));
    await this.reroute(row.spec, settled);
    return this.watch(row, settled.map(({ settlement }) => settlement), settled);
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

/** What changed between planning and sending. */
function obstacleOf({ obstacle }: ClaimedMessage): Settlement | undefined {
  if (obstacle === null) return undefined;
  if (obstacle === 'opted_out') return { state: 'skipped', reason: obstacle, effect: 'release' };
  return { state: 'refused', reason: obstacle, effect: 'release', canReroute: true };
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
