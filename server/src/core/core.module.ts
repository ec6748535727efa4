// Plumbing, wired once and visible everywhere.
import { type DynamicModule, Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { Clock } from './clock.js';
import { APP_POOL, openPool, SYSTEM_POOL } from './db/data-source.js';
import { SystemDb } from './db/system-db.js';
import { TenantDb } from './db/tenant-db.js';
import { Doorkeeper } from './doorkeeper.js';
import { Events } from './events/events.js';
import { DoorCheck, DoorGuard } from './graphql/doors.js';
import { PublicRate } from './graphql/public-rate.js';
import { ErrorFilter } from './graphql/errors.js';
import { CoreResolver } from './graphql/core.resolver.js';
import { Http } from './http.js';
import { DeadLetters } from './jobs/dead-letters.js';
import { Jobs } from './jobs/jobs.js';
import { JobRegistry } from './jobs/registry.js';
import { JobRunner } from './jobs/runner.js';
import { Worker } from './jobs/worker.js';
import { LOG, type Log } from './log.js';

/** Closes the pools last, after every module has let go. */
@Injectable()
class Pools implements OnApplicationShutdown {
  constructor(
    @Inject(APP_POOL) private readonly app: DataSource,
    @Inject(SYSTEM_POOL) private readonly system: DataSource,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.app.destroy(), this.system.destroy()]);
  }
}

const shared = [Clock, TenantDb, SystemDb, Doorkeeper, Events, Http, DeadLetters, Jobs, JobRegistry, JobRunner, Worker];

@Global()
@Module({})
export class CoreModule {
  static with(config: Config, log: Log): DynamicModule {
    return {
      module: CoreModule,
      imports: [DiscoveryModule],
      providers: [
        ...shared,
        Pools,
        DoorCheck,
        PublicRate,
        CoreResolver,
        { provide: CONFIG, useValue: config },
        { provide: LOG, useValue: log },
        { provide: APP_POOL, useFactory: () => openPool(config, 'huiliu_app', config.dbPoolSize) },
        { provide: SYSTEM_POOL, useFactory: () => openPool(config, 'huiliu_system', Math.max(3, Math.ceil(config.dbPoolSize / 2))) },
        { provide: APP_GUARD, useClass: DoorGuard },
        { provide: APP_FILTER, useFactory: () => new ErrorFilter(log) },
      ],
      exports: [...shared, CONFIG, LOG, APP_POOL, SYSTEM_POOL],
    };
  }
}
