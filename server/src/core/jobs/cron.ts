// The clock: every worker ticks, one of them moves a slot and enqueues the run. The same under both drivers.
import { CronExpressionParser } from 'cron-parser';
import type { DriverParts } from './drivers/graphile.js';
import type { Jobs } from './jobs.js';

const TICK_MS = 1_000;

/** Name of the job that runs one cron handler. */
export const cronJobName = (name: string): string => `cron:${name}`;

export class CronTicker {
  private timer?: NodeJS.Timeout;
  private ticking?: Promise<void>;

  constructor(
    private readonly parts: DriverParts,
    private readonly jobs: Jobs,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.ticking ??= this.tick(new Date())
        .catch((err: unknown) => this.parts.log.warn({ err }, 'cron'))
        .finally(() => (this.ticking = undefined));
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.ticking;
  }

  /** Enqueues each job whose newest slot nobody has taken yet. */
  async tick(now: Date): Promise<void> {
    const { system, registry } = this.parts;
    const slots = registry.crons.map((cron) => ({ cron, slot: CronExpressionParser.parse(cron.pattern, { currentDate: new Date(now.getTime() + 1), tz: 'UTC' }).prev().toDate() }));
    if (slots.length === 0) return;
    await system.write('cron runs belong to no tenant', async () => {
      const moved = await system.query<{ name: string }>(
        `insert into cron_runs (name, last_slot) select * from unnest($1::text[], $2::timestamptz[])
         on conflict (name) do update set last_slot = excluded.last_slot where cron_runs.last_slot < excluded.last_slot returning name`,
        [slots.map((s) => s.cron.name), slots.map((s) => s.slot)],
      );
      await this.jobs.enqueueRaw(moved.map(({ name }) => ({ name: cronJobName(name), queue: 'timers', attempts: 1, payload: {}, options: { key: name } })));
    });
  }
}
