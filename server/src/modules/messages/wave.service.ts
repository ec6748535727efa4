// One wave: taken in one statement, sent at once, settled in one statement together with the taking of the next.
import { Injectable } from '@nestjs/common';
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { ChannelSender, type SendRequest } from '../channels/index.js';
import { isBatch } from './plan.js';
import { RendererService } from './renderer.service.js';
import { settlementOf, type Settlement } from './settle.js';
import { SettlingService, type Fate, type OpenDispatch, type Wave } from './settling.service.js';
import type { Turn } from './turns.js';
import { WaveRepository, type ClaimedMessage, type QueuePlace } from './wave.repository.js';

dayjs.extend(utc);
dayjs.extend(timezone);

// Longer than any send with its timeout and a token refresh may take.
const LEASE_MS = 45_000;

export interface WaveOutcome {
  /** Messages for which the platform was called. */
  sent: number;
  /** The dispatch stopped, or the account must wait: no use in another wave now. */
  isOver: boolean;
  /** The wave after it, taken in the same transaction that settled this one. */
  next: Wave | undefined;
}

@Injectable()
export class WaveService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: WaveRepository,
    private readonly renderer: RendererService,
    private readonly sender: ChannelSender,
    private readonly settling: SettlingService,
  ) {}

  /** Takes the first wave of a lane. */
  take(channelId: string, turn: Turn<OpenDispatch>): Promise<Wave> {
    return this.db.write(() => this.claim(channelId, turn));
  }

  /** Sends a wave and settles it; takes the next one with the same commit. */
  async send(channelId: string, wave: Wave, then: Turn<OpenDispatch> | undefined): Promise<WaveOutcome> {
    const { fates, sent } = await this.deliver(channelId, wave);
    const { isStopped, next } = await this.db.write(async () => ({
      isStopped: fates.length > 0 && (await this.settling.settle(wave, fates)),
      next: then && (await this.claim(channelId, then)),
    }));
    const mustWait = fates.some(({ settlement }) => settlement.reason === 'day_quota');
    return { sent, isOver: isStopped || mustWait, next };
  }

  private async claim(channelId: string, turn: Turn<OpenDispatch>): Promise<Wave> {
    const now = this.clock.now();
    const { row, wording, place } = turn.dispatch;
    const day = dayjs(now).tz(wording.shop.zone).format('YYYY-MM-DD');
    const claimed = await this.repository.claim({
      dispatchId: row.id, channelId, count: turn.count, now, leaseUntil: new Date(now.getTime() + LEASE_MS), day,
      hasCoupons: wording.needsCoupon, hasWindows: row.spec.contents.some((rung) => rung.kind === 'window'), hasBatches: row.spec.contents.some(isBatch), after: place,
    });
    turn.dispatch.place = placeAfter(claimed, turn.dispatch.place);
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
}

/** How far the queue has been read; lanes may come back in another order than they went. */
function placeAfter(claimed: readonly ClaimedMessage[], before: QueuePlace | undefined): QueuePlace | undefined {
  return claimed.reduce<QueuePlace | undefined>((far, { dueMicros, id }) => (!far || dueMicros > far.dueMicros || (dueMicros === far.dueMicros && id > far.id) ? { dueMicros, id } : far), before);
}

/** What changed between planning and sending. */
function obstacleOf({ obstacle }: ClaimedMessage): Settlement | undefined {
  if (obstacle === null) return undefined;
  if (obstacle === 'opted_out') return { state: 'skipped', reason: obstacle, effect: 'release' };
  return { state: 'refused', reason: obstacle, effect: 'release', canReroute: true };
}
