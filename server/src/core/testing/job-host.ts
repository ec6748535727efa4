// Jobs that note what happened to them, and a process that runs them: what the drivers' contract is proved with.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { readConfig } from '../../config.js';
import { CoreModule } from '../core.module.js';
import { SystemDb } from '../db/system-db.js';
import { AppError } from '../errors/app-error.js';
import { defineJob } from '../jobs/define.js';
import { Cron, OnEvent, OnJob } from '../jobs/decorators.js';
import { Worker } from '../jobs/worker.js';
import { createLog } from '../log.js';

const key = z.object({ key: z.string() });
export const noteJob = defineJob({ name: 'test.note', queue: 'reports', schema: key });
/** Fails its first `times` runs with a kind that tries again. */
export const flakyJob = defineJob({ name: 'test.flaky', queue: 'reports', schema: key.extend({ times: z.number() }), attempts: 4 });
/** Fails in a way that no second try mends. */
export const hopelessJob = defineJob({ name: 'test.hopeless', queue: 'reports', schema: key });
/** Its first run never ends; the second ends at once. */
export const hangingJob = defineJob({ name: 'test.hanging', queue: 'reports', schema: key });

@Injectable()
export class JobHost {
  constructor(private readonly system: SystemDb) {}

  private async note(text: string): Promise<number> {
    const rows = await this.system.write('test notes belong to no tenant', () =>
      this.system.query<{ n: number }>('with mine as (insert into test_notes (note) values ($1)) select count(*)::int n from test_notes where note = $1', [text]),
    );
    return rows[0]!.n; // how often it was noted before
  }

  @OnJob(noteJob)
  run(payload: { key: string }) {
    return this.note(payload.key);
  }

  @OnJob(flakyJob)
  async flaky(payload: { key: string; times: number }) {
    const before = await this.note(payload.key);
    if (before < payload.times) throw new AppError('upstream', 'not yet');
  }

  @OnJob(hopelessJob)
  async hopeless(payload: { key: string }) {
    await this.note(payload.key);
    throw new AppError('invalid', 'never');
  }

  @OnJob(hangingJob)
  async hanging(payload: { key: string }) {
    const before = await this.note(payload.key);
    if (before === 0) await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  }

  @OnEvent('campaign.finished')
  heard(payload: { campaignId: string }) {
    return this.note(`heard ${payload.campaignId}`);
  }

  @Cron('test.tick', '*/2 * * * * *')
  tick() {
    return this.note('tick');
  }
}

@Module({ providers: [JobHost] })
export class JobHostModule {}

@Module({})
class HostRoot {}

/** Run as a process: a worker with only these jobs. */
if (process.argv[1]?.endsWith('job-host.js')) {
  const config = readConfig();
  const log = createLog(config.logLevel, 'job-host');
  const app = await NestFactory.createApplicationContext({ module: HostRoot, imports: [CoreModule.with(config, log), JobHostModule] }, { logger: false, abortOnError: false });
  await app.get(Worker).start();
  process.send?.('ready');
  process.on('SIGTERM', () => void app.get(Worker).stop().then(() => process.exit(0)));
}
