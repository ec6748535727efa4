// What a *.db.spec.ts stands on: the real modules on a database of its own, cloned from a migrated template.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { runOnce, Logger, type TaskList } from 'graphile-worker';
import pg from 'pg';
import { inject } from 'vitest';
import { type Config, readConfig } from '../../config.js';
import { type Actor, runAs } from '../context.js';
import { Clock } from '../clock.js';
import { CoreModule } from '../core.module.js';
import { newId } from '../ids.js';
import type { Envelope } from '../jobs/jobs.js';
import { JobRegistry } from '../jobs/registry.js';
import { JobRunner } from '../jobs/runner.js';
import { createLog, type Log } from '../log.js';
import { permissions } from '@huiliu/shared';

/** The same in every test process: role passwords follow from it, and roles belong to the whole server. */
export const TEST_SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

export interface TestApp {
  config: Config;
  app: INestApplicationContext;
  /** The owner's address of this spec's database. */
  databaseUrl: string;
  clock: Clock;
  get<T>(type: Type<T>): T;
  /** A new merchant; returns its id. */
  tenant(name?: string): Promise<string>;
  /** Runs as this actor of the tenant; by default a member of staff who may do everything. */
  as<T>(tenantId: string, work: () => Promise<T>, actor?: Actor): Promise<T>;
  /** Runs waiting jobs, and those they bring, until none is due. @throws when one failed, unless failures are expected. */
  runJobs(options?: { until?: Date; allowFailures?: boolean }): Promise<void>;
  /** Owner's SQL, above the fence: to look, and to set a scene. */
  sql<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  stop(): Promise<void>;
}

/**
 * @param env more variables, for example WECHAT_API_BASE.
 * @param modules only these (and core) instead of the whole ladder.
 * @param writeLog takes each line of the log, at its most talkative.
 */
export async function startTestApp(env: Record<string, string> = {}, modules?: Type[], writeLog?: (line: string) => void): Promise<TestApp> {
  const databaseUrl = await cloneDatabase();
  const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: databaseUrl, SECRET_KEY: TEST_SECRET_KEY, LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent', DB_POOL_SIZE: '6', ...env });
  const log = writeLog ? createLog('trace', 'test', { write: writeLog }) : createLog(config.logLevel, 'test');
  const app = await NestFactory.createApplicationContext(await rootModule(config, log, modules), { logger: false, abortOnError: false });
  const owner = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  owner.on('error', () => undefined); // the database is dropped at the end
  const sql = async <T>(text: string, values: unknown[] = []) => (await owner.query(text, values)).rows as T[];
  return {
    config,
    app,
    databaseUrl,
    clock: app.get(Clock),
    get: (type) => app.get(type, { strict: false }),
    sql,
    tenant: async (name = '测试商户') => {
      const id = newId();
      await sql('insert into tenants (id, slug, name) values ($1, $2, $3)', [id, `t${randomBytes(6).toString('hex')}`, name]);
      return id;
    },
    as: (tenantId, work, actor = { kind: 'staff', id: newId(), name: 'tester', permissions: new Set(permissions) }) => runAs({ tenantId, actor, requestId: 'test' }, work),
    runJobs: (options) => drain(app, databaseUrl, sql, options),
    stop: async () => {
      await app.close();
      await owner.end();
    },
  };
}

@Module({})
class PartOfTheApp {}

async function rootModule(config: Config, log: Log, modules?: Type[]) {
  if (modules) return { module: PartOfTheApp, imports: [CoreModule.with(config, log), ...modules] };
  const { AppModule } = await import('../../app.module.js');
  return AppModule.with(config, log);
}

type OwnerSql = <T>(text: string, values?: unknown[]) => Promise<T[]>;

async function drain(app: INestApplicationContext, connectionString: string, sql: OwnerSql, options: { until?: Date; allowFailures?: boolean } = {}): Promise<void> {
  const runner = app.get(JobRunner);
  const failures: string[] = [];
  const taskList: TaskList = {};
  for (const name of app.get(JobRegistry).handlers.keys())
    taskList[name] = async (payload, helpers) => {
      try {
        await runner.run({ name, envelope: payload as Envelope, attempt: helpers.job.attempts, maxAttempts: helpers.job.max_attempts });
      } catch (error) {
        failures.push(`${name}: ${String((error as { cause?: unknown }).cause ?? error)}`);
        throw error;
      }
    };
  const before = await sql<{ n: number }>('select count(*)::int n from dead_letters');
  if (options.until) await sql('update graphile_worker._private_jobs set run_at = now() where run_at <= $1', [options.until]);
  await runOnce({ connectionString, taskList, noHandleSignals: true, maxPoolSize: 3, concurrency: 1, logger: new Logger(() => () => undefined) });
  const dead = await sql<{ job_name: string; error: string }>('select job_name, error from dead_letters order by failed_at offset $1', [before[0]!.n]);
  failures.push(...dead.map((letter) => `${letter.job_name}: ${letter.error}`));
  if (failures.length > 0 && !options.allowFailures) throw new Error(`Jobs failed:\n${failures.join('\n')}`);
}

async function cloneDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'));
  const name = `spec_${randomBytes(8).toString('hex')}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${name} template ${inject('templateDatabase')}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    templateDatabase: string;
  }
}
