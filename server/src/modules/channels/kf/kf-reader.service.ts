// A push of WeChat Customer Service says only that there is something; this reads it. One reader per account in all processes; the place
// is kept with each page, so a crash costs one page, and rows told twice are stored once.
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { LOG, type Log } from '../../../core/log.js';
import type { PlatformFailure } from '../adapter.js';
import type { KfPage } from '../adapters/wechat-kf/kf-desk.client.js';
import { kfOf } from '../adapters/wechat-kf/kf.adapter.js';
import { rowKey } from '../adapters/wechat-kf/kf.parse.js';
import { receiveInbound } from '../inbound/inbound.job.js';
import { InboundRepository } from '../inbound/inbound.repository.js';
import { PlatformCalls } from '../platform-calls.service.js';
import { readKf } from './kf.job.js';
import { KfRepository, type KfReading } from './kf.repository.js';

@Injectable()
export class KfReader {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: KfRepository,
    private readonly inbound: InboundRepository,
    private readonly calls: PlatformCalls,
    private readonly jobs: Jobs,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** There is something to read: after the commit. Inside a write. */
  async want(channelId: string, accountId: string, syncToken: string): Promise<void> {
    await this.repository.want(channelId, accountId, syncToken);
    await this.jobs.enqueue(readKf, { channelId, accountId }, { key: `${channelId}/${accountId}` });
  }

  /** Reads an account to its end, and again when another push came meanwhile. Returns at once while somebody else reads it. */
  async read(channelId: string, accountId: string): Promise<void> {
    const { channel, account } = await this.calls.open(channelId, kfOf);
    let reading = await this.db.write(() => this.repository.claim(channelId, accountId));
    while (reading) {
      const from: KfReading = reading;
      const page = await this.calls.ask(channel, (token) => account.desk.read(accountId, from, token));
      if (!page.ok) return this.giveUp(reading, page, { channelId, accountId });
      const isOurs = await this.db.write(() => this.keep(channelId, from, page.value));
      if (!isOurs) return; // our lease ran out, and another reader has gone on
      if (page.value.hasMore) reading = { ...reading, cursor: page.value.cursor };
      else reading = (await this.db.write(() => this.repository.finish(from.id, from.wanted, this.clock.now())))
        ? await this.db.write(() => this.repository.claim(channelId, accountId))
        : undefined;
    }
  }

  /** Puts a reading in line for whatever waits: a reader that died, a platform that was silent, a push that was lost. */
  async catchUp(): Promise<void> {
    await this.db.write(async () => {
      for (const { channelId, accountId } of await this.repository.due(this.clock.now())) await this.jobs.enqueue(readKf, { channelId, accountId }, { key: `${channelId}/${accountId}` });
    });
  }

  /** The rows and the new place become true together. */
  private async keep(channelId: string, { id, cursor }: KfReading, page: KfPage): Promise<boolean> {
    const rows = new Map(page.rows.map((row) => [rowKey(row), row]));
    const batch = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([dedupKey, row]) => ({ id: newId(), channelId, dedupKey, payload: JSON.stringify(row) }));
    if (!(await this.repository.advance(id, cursor, page.cursor === '' ? cursor : page.cursor))) return false;
    const stored = batch.length > 0 ? await this.inbound.insert(batch) : [];
    if (stored.length > 0) await this.jobs.enqueue(receiveInbound, { inboundIds: stored });
    return true;
  }

  private async giveUp({ id, syncToken }: KfReading, failure: PlatformFailure, where: { channelId: string; accountId: string }): Promise<void> {
    this.log.warn({ ...where, problem: failure.problem, code: failure.code }, 'customer-service messages could not be read');
    // A push's token is good for ten minutes; what is refused is tried without it next time.
    await this.db.write(() => this.repository.fail(id, failure, syncToken !== null && failure.kind !== 'upstream'));
  }
}
