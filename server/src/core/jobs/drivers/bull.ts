// The scale-out driver: Bull on Redis, fed from the outbox. The truth stays in Postgres: Redis may be flushed at any moment.
import Bull from 'bull';
import pg from 'pg';
import { roleUrl } from '../../db/roles.js';
import { backoffSeconds } from '../define.js';
import type { QueueDriver } from '../driver.js';
import type { Envelope } from '../jobs.js';
import type { DriverParts } from './graphile.js';

interface OutboxRow {
  id: string;
  name: string;
  payload: Envelope;
  attempts: number;
  max_attempts: number;
}

const RELAY_MS = 250;
const REPAIR_MS = 5_000;
const BATCH = 500;

export class BullDriver implements QueueDriver {
  private queue?: Bull.Queue;
  private listener?: pg.Client;
  private timers: NodeJS.Timeout[] = [];
  private relaying?: Promise<void>;
  private isStopping = false;

  constructor(
    private readonly parts: DriverParts,
    /** After so long in Redis without an end, a job is looked for, and put back when Redis has lost it. */
    private readonly repairAfterSeconds = 15,
  ) {}

  async start(): Promise<void> {
    const { config, log } = this.parts;
    // Short locks: with the defaults a crashed worker's job waits a minute.
    this.queue = new Bull('huiliu', config.redisUrl!, { settings: { lockDuration: 10_000, lockRenewTime: 2_500, stalledInterval: 5_000, maxStalledCount: 100 } });
    this.queue.on('error', (err) => log.warn({ err }, 'redis'));
    void this.queue.process(config.queueConcurrency, (job) => this.work(job.data as OutboxRow));
    await this.listen();
    this.every(RELAY_MS, () => this.relay());
    this.every(REPAIR_MS, () => this.repair());
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.timers.forEach(clearInterval);
    await this.relaying;
    await this.listener?.end().catch(() => undefined);
    await this.queue?.close();
  }

  private every(ms: number, work: () => Promise<void>): void {
    this.timers.push(setInterval(() => void work().catch((err: unknown) => this.parts.log.warn({ err }, 'relay')), ms));
  }

  private async listen(): Promise<void> {
    const { config } = this.parts;
    this.listener = new pg.Client({ connectionString: roleUrl(config.databaseUrl, 'huiliu_system', config.secretKeys[0]!) });
    this.listener.on('notification', () => void this.relay().catch(() => undefined)); // the timer tries again
    this.listener.on('error', () => undefined); // polling goes on without it
    await this.listener.connect();
    await this.listener.query('listen job_outbox');
  }

  /** Takes due rows and hands them to Redis. One relay at a time in a process; rows are taken with SKIP LOCKED across processes. */
  private relay(): Promise<void> {
    this.relaying ??= this.relayOnce().finally(() => (this.relaying = undefined));
    return this.relaying;
  }

  private async relayOnce(): Promise<void> {
    const { system } = this.parts;
    for (let taken = BATCH; taken === BATCH && !this.isStopping; ) {
      const rows = await system.write('the outbox holds every tenant’s jobs', () =>
        system.query<OutboxRow>(
          `update job_outbox set relayed_at = now() where id in (
             select id from job_outbox where relayed_at is null and run_at <= now() order by run_at limit ${BATCH} for update skip locked)
           returning id, name, payload, attempts, max_attempts`,
        ),
      );
      taken = rows.length;
      // A crash here leaves rows marked and not in Redis: the repair puts them back.
      if (taken > 0) await this.queue!.addBulk(rows.map((row) => ({ data: row, opts: { jobId: `${row.id}:${row.attempts}`, removeOnComplete: true, removeOnFail: true, attempts: 1 } })));
    }
  }

  private async work(row: OutboxRow): Promise<void> {
    const { system, runner } = this.parts;
    const attempt = row.attempts + 1;
    try {
      await runner.run({ name: row.name, envelope: row.payload, attempt, maxAttempts: row.max_attempts });
    } catch {
      await system.write('the outbox holds every tenant’s jobs', () =>
        system.exec(`update job_outbox set attempts = $2, relayed_at = null, run_at = now() + make_interval(secs => $3) where id = $1`, [row.id, attempt, backoffSeconds(attempt)]),
      );
      return;
    }
    await system.write('the outbox holds every tenant’s jobs', () => system.exec('delete from job_outbox where id = $1', [row.id]));
  }

  /** Rows that were relayed, are not done, and are unknown to Redis: it was flushed, or we died in between. */
  private async repair(): Promise<void> {
    const { system } = this.parts;
    const rows = await system.read('the outbox holds every tenant’s jobs', () =>
      system.query<OutboxRow>(`select id, attempts from job_outbox where relayed_at < now() - make_interval(secs => $1) order by relayed_at limit 1000`, [this.repairAfterSeconds]),
    );
    const lost: string[] = [];
    for (const row of rows) if (!(await this.queue!.getJob(`${row.id}:${row.attempts}`))) lost.push(row.id);
    if (lost.length > 0)
      await system.write('the outbox holds every tenant’s jobs', () =>
        // A keyed twin may have been added meanwhile; then this one still runs, by leaving the key behind.
        system.exec('update job_outbox set relayed_at = null, job_key = null where id = any($1) and relayed_at is not null', [lost]),
      );
  }
}
