// The dispatcher: sends what is due on one channel, wave by wave, within the account's pace. Between a wave's two statements lies the
// platform call, outside of any transaction; whatever dies there is unknown, never repeated.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { ChannelSender } from '../channels/index.js';
import { BatchCalls } from './batches/batch-calls.service.js';
import { DispatchesRepository } from './dispatches.repository.js';
import { Dispatches } from './dispatches.service.js';
import { afterQuiet } from './quiet.js';
import { RendererService } from './renderer.service.js';
import type { OpenDispatch } from './settling.service.js';
import { Turns } from './turns.js';
import type { QueuePlace } from './wave.repository.js';
import { WaveService } from './wave.service.js';

const BATCH = 1_000; // taken from the account's pace at once
const WAVE = 160; // one statement each to take and to settle it: smaller waves cost the database more than the messages themselves
const LANES = 2; // waves under way, so that the database settles one while the platform answers the other
const SLICE_MS = 20_000; // then the job makes room for others and goes on in a new one
const PATIENCE_MS = 2_000; // a pause of the account up to this is waited for

@Injectable()
export class Dispatcher {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: DispatchesRepository,
    private readonly dispatches: Dispatches,
    private readonly renderer: RendererService,
    private readonly waves: WaveService,
    private readonly sender: ChannelSender,
    private readonly batches: BatchCalls,
  ) {}

  /** Channels this process is sending on, and whether somebody asked for more meanwhile. */
  private readonly running = new Map<string, { again: boolean }>();

  /**
   * Sends what is due. One at a time for a channel in each process: a second job would only crowd out other channels, so it leaves its
   * wish with the first and is done.
   */
  async run(channelId: string): Promise<void> {
    const other = this.running.get(channelId);
    if (other) {
      other.again = true;
      return;
    }
    const mine = { again: true };
    this.running.set(channelId, mine);
    try {
      while (mine.again) {
        mine.again = false;
        await this.sendDue(channelId);
      }
    } finally {
      this.running.delete(channelId);
    }
  }

  /** Sends until nothing is due, the account must wait, or the slice is over. */
  private async sendDue(channelId: string): Promise<void> {
    const started = Date.now();
    const places = new Map<string, QueuePlace | undefined>();
    for (;;) {
      const due = await this.open(channelId, places);
      if (due.length === 0) return;
      if (Date.now() - started > SLICE_MS) return this.goOn(channelId);
      await this.batches.sendDue(channelId, due);
      const { granted, why, retryAfterMs } = await this.sender.takeRate(channelId, BATCH);
      const { claimed, sent } = await this.sendBatch(channelId, due, granted);
      if (sent < granted) await this.sender.giveBackRate(channelId, granted - sent);
      const wentOn = due.some(({ row }) => places.get(row.id) !== undefined);
      // Read to the end: what was left behind (a lane that failed, a message that waits again) is looked for from the start.
      if (claimed < granted) places.clear();
      else for (const { row, place } of due) places.set(row.id, place);
      await this.db.write(() => this.finish(due));
      if (claimed > 0 || (granted > 0 && wentOn)) continue;
      if (granted === 0 && why === 'moment' && retryAfterMs <= PATIENCE_MS) await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      else return; // the clock comes round every quarter of a minute
    }
  }

  /** Dispatches with something due here; those in their quiet hours are put off instead. */
  private open(channelId: string, places: ReadonlyMap<string, QueuePlace | undefined>): Promise<OpenDispatch[]> {
    return this.db.write(async () => {
      const now = this.clock.now();
      const rows = await this.repository.due(channelId, now);
      const open: OpenDispatch[] = [];
      for (const row of rows) {
        const wording = await this.renderer.wording(row.spec.contents, row.spec.offerId);
        const dueAt = afterQuiet(now, row.spec.quiet, wording.shop.zone);
        if (dueAt > now) await this.repository.defer(row.id, channelId, now, dueAt);
        else open.push({ row, wording, place: places.get(row.id) });
      }
      return open;
    });
  }

  /** Sends up to `budget` messages, the dispatches in turn. */
  private async sendBatch(channelId: string, due: readonly OpenDispatch[], budget: number): Promise<{ claimed: number; sent: number }> {
    const turns = new Turns(due, budget, WAVE);
    const lane = async (): Promise<void> => {
      const turn = turns.next();
      let wave = turn && (await this.waves.take(channelId, turn));
      while (wave) {
        turns.took(wave.turn, wave.claimed.length);
        const outcome = await this.waves.send(channelId, wave, turns.next());
        turns.ended(wave.turn.dispatch, { claimed: wave.claimed.length, ...outcome });
        wave = outcome.next;
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, Math.ceil(budget / WAVE)) }, lane));
    return turns;
  }

  private async finish(due: readonly OpenDispatch[]): Promise<void> {
    for (const { row } of due) if (row.isSealed) await this.dispatches.finish(row.id);
  }

  private goOn(channelId: string): Promise<void> {
    return this.db.write(() => this.dispatches.wakeChannel(channelId));
  }
}
