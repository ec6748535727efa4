// The default driver: graphile-worker, whose queue lives in the same Postgres, so that an enqueue is part of the transaction.
import { EventEmitter } from 'node:events';
import { Logger, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Config } from '../../../config.js';
import type { SystemDb } from '../../db/system-db.js';
import type { Log } from '../../log.js';
import type { QueueDriver } from '../driver.js';
import type { Envelope } from '../jobs.js';
import type { JobRegistry } from '../registry.js';
import type { JobRunner } from '../runner.js';

const HEARTBEAT_MS = 5_000;
const DEAD_AFTER = '20 seconds';

export interface DriverParts {
  config: Config;
  registry: JobRegistry;
  runner: JobRunner;
  system: SystemDb;
  log: Log;
}

export class GraphileDriver implements QueueDriver {
  private runner?: Runner;
  private beat?: NodeJS.Timeout;
  private readonly workers = new Set<string>();

  constructor(private readonly parts: DriverParts) {}

  async start(): Promise<void> {
    const { config, registry, log } = this.parts;
    const tasks: TaskList = {};
    for (const name of registry.handlers.keys())
      tasks[name] = (payload, helpers) =>
        this.parts.runner.run({ name, envelope: payload as Envelope, attempt: helpers.job.attempts, maxAttempts: helpers.job.max_attempts });
    const events = new EventEmitter() as WorkerEvents;
    events.on('worker:create', ({ worker }) => this.workers.add(worker.workerId)); // before run(): it creates them at once
    this.runner = await run({
      events,
      connectionString: config.databaseUrl,
      concurrency: config.queueConcurrency,
      pollInterval: 500,
      noHandleSignals: true,
      taskList: tasks,
      maxPoolSize: config.inlineWorker ? 2 : 4, // one listens, the rest fetch and finish; each is 18 MB of an idle small machine
      logger: new Logger(() => (level, message) => {
        if (level === 'error') log.warn({ queue: message }, 'queue');
      }),
    });
    await this.pulse();
    this.beat = setInterval(() => void this.pulse().catch((err: unknown) => log.warn({ err }, 'heartbeat failed')), HEARTBEAT_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.beat);
    await this.runner?.stop();
    await this.parts.system.write('worker heartbeats belong to no tenant', () =>
      this.parts.system.exec('delete from worker_heartbeats where worker_id = any($1)', [[...this.workers]]),
    );
  }

  /**
   * Shows that we live, and gives back the jobs of those that do not: the queue itself would wait four hours.
   * The definer function names the dead as lockers without a fresh heartbeat.
   */
  private async pulse(): Promise<void> {
    const { system } = this.parts;
    await system.write('worker heartbeats belong to no tenant', async () => {
      await system.exec('insert into worker_heartbeats (worker_id) select unnest($1::text[]) on conflict (worker_id) do update set seen_at = now()', [[...this.workers]]);
      await system.exec(`select app.unlock_dead_workers($1::interval)`, [DEAD_AFTER]);
    });
  }
}
