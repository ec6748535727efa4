// Counts refused callbacks without letting a stranger cause a write per request: sums per channel, told once a second.
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { LOG, type Log } from '../../../core/log.js';
import type { CallbackRefusal } from '../adapter.js';
import { ChannelsRepository } from '../channels.repository.js';

interface Tally {
  tenantId: string;
  count: number;
  last: { at: Date; reason: CallbackRefusal };
}

@Injectable()
export class RejectionCounter implements OnApplicationShutdown {
  private tallies = new Map<string, Tally>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: TenantDb,
    private readonly channels: ChannelsRepository,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  count(tenantId: string, channelId: string, reason: CallbackRefusal): void {
    const last = { at: this.clock.now(), reason };
    this.tallies.set(channelId, { tenantId, count: (this.tallies.get(channelId)?.count ?? 0) + 1, last });
    this.timer ??= setTimeout(() => void this.flush(), 1_000).unref();
  }

  /** Writes what was counted. A count that cannot be written is logged and lost: it only informs. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const tallies = this.tallies;
    this.tallies = new Map();
    for (const [channelId, { tenantId, count, last }] of tallies) {
      this.log.warn({ channelId, tenantId, count, reason: last.reason }, 'callbacks refused');
      await runAs({ tenantId, actor: { kind: 'system', name: 'callback' }, requestId: '-' }, () =>
        this.db.write(() => this.channels.noteRejections(channelId, count, last)))
        .catch((error: unknown) => this.log.warn({ channelId, err: error }, 'refused callbacks could not be counted'));
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.flush();
  }
}
