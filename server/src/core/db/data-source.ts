// The two connection pools: behind the fence (app) and above it (system). TypeORM keeps the pool and maps cold rows.
import './pg-types.js';
import pg from 'pg';
import { DataSource, type EntitySchema } from 'typeorm';
import type { Config } from '../../config.js';
import { roleUrl, type DbRole } from './roles.js';

type EntityClass = (new () => object) | EntitySchema;
export const entities: EntityClass[] = [];

/** Opens the pool of one role. Pipelining lets BEGIN, the tenant and the first query share one round trip. */
export async function openPool(config: Config, role: DbRole, size: number): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    driver: pg, // ours, with our types: left alone, TypeORM loads a second copy when bundled, and int8 comes as text
    url: roleUrl(config.databaseUrl, role, config.secretKeys[0]!),
    applicationName: role,
    entities,
    synchronize: false,
    logging: false,
    extra: { max: size, pipeline: true, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000, keepAlive: true },
    poolErrorHandler: () => undefined, // a dropped idle connection is replaced at the next checkout
  });
  return source.initialize();
}

export const APP_POOL = Symbol('APP_POOL');
export const SYSTEM_POOL = Symbol('SYSTEM_POOL');

export type DbPool = DataSource;

/** The driver's own pool, for a library that speaks to Postgres itself. */
export const rawPool = (source: DbPool): unknown => (source.driver as unknown as { master: unknown }).master;
