// The part of the process that does background work: driver and clock, chosen once.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { currentContext, runAs } from '../context.js';
import { SystemDb } from '../db/system-db.js';
import { LOG, type Log } from '../log.js';
import { CronTicker, cronJobName } from './cron.js';
import type { QueueDriver } from './driver.js';
import { BullDriver } from './drivers/bull.js';
import { GraphileDriver, type DriverParts } from './drivers/graphile.js';
import { Jobs } from './jobs.js';
import { JobRegistry, type CronJob } from './registry.js';
import { JobRunner } from './runner.js';

@Injectable()
export class Worker {
  private driver?: QueueDriver;
  private cron?: CronTicker;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    private readonly registry: JobRegistry,
    private readonly runner: JobRunner,
    private readonly system: SystemDb,
    private readonly jobs: Jobs,
  ) {}

  async start(): Promise<void> {
    const parts: DriverParts = { config: this.config, registry: this.registry, runner: this.runner, system: this.system, log: this.log };
    this.registry.collect();
    for (const cron of this.registry.crons) this.registry.handlers.set(cronJobName(cron.name), () => this.runCron(cron));
    this.driver = this.jobs.driver === 'bull' ? new BullDriver(parts) : new GraphileDriver(parts);
    await this.driver.start();
    this.cron = new CronTicker(parts, this.jobs);
    this.cron.start();
  }

  async stop(): Promise<void> {
    await this.cron?.stop();
    await this.driver?.stop();
  }

  /** Once per tenant; one tenant's failure is logged and does not keep the others waiting. */
  async runCron(cron: CronJob): Promise<void> {
    const tenants = await this.system.read('cron work goes round all tenants', () => this.system.query<{ id: string }>('select id from tenants where suspended_at is null order by id'));
    for (const { id } of tenants)
      await runAs({ ...currentContext(), tenantId: id, actor: { kind: 'system', name: cron.name } }, cron.handler).catch((err: unknown) => this.log.error({ err, cron: cron.name, tenantId: id }, 'cron run failed'));
  }
}
