// Opens stored callbacks into events of ours and tells the modules above.
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Events } from '../../../core/events/events.js';
import { LOG, type Log } from '../../../core/log.js';
import { PayloadError, type ChannelAdapter } from '../adapter.js';
import { ChannelAccess } from '../channel-access.service.js';
import { ChannelsRepository } from '../channels.repository.js';
import { InboundRepository, type ParsedInbound, type WaitingInbound } from './inbound.repository.js';

@Injectable()
export class InboundService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: InboundRepository,
    private readonly channels: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly events: Events,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Parses what waits among these, marks it done and emits `channel.received` per channel. Safe to run again. */
  receive(inboundIds: readonly string[]): Promise<void> {
    return this.db.write(async () => {
      const waiting = await this.repository.waiting(inboundIds);
      for (const [channelId, pushes] of Map.groupBy(waiting, (push) => push.channel_id)) {
        const { adapter } = await this.access.forUse(channelId);
        const parsed = pushes.map((push) => this.parse(adapter, push));
        await this.repository.settle(parsed);
        await this.channels.noteCallback(channelId, this.clock.now());
        const told = parsed.filter((one) => one.events.length > 0).map((one) => one.id);
        if (told.length > 0) await this.events.emit('channel.received', { channelId, inboundIds: told });
      }
    });
  }

  private parse(adapter: ChannelAdapter, push: WaitingInbound): ParsedInbound {
    try {
      return { id: push.id, events: adapter.parse(push.body, push.body.trimStart().startsWith('{') ? 'json' : 'xml'), failure: undefined };
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.log.warn({ inboundId: push.id, problem: error.message }, 'a callback could not be read');
      return { id: push.id, events: [], failure: error.message };
    }
  }
}
