// One embedded Postgres for a test run, with a migrated template that every database spec clones (about 50 ms each).
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../db/migrations.js';

const SECRET_KEY = Buffer.alloc(32, 7);

interface EmbeddedPostgres {
  url: string;
  stop(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const launcher = new URL('../../../../deploy/embedded-postgres.mjs', import.meta.url).href;
  const { startEmbeddedPostgres } = (await import(launcher)) as { startEmbeddedPostgres(options: object): Promise<EmbeddedPostgres> };
  const dataRoot = mkdtempSync(path.join(os.tmpdir(), 'huiliu-test-'));
  const server = await startEmbeddedPostgres({ dataRoot, flags: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'] });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('create database huiliu_template');
  await client.end();
  const url = new URL(server.url);
  url.pathname = '/huiliu_template';
  await migrate(url.href, SECRET_KEY);
  project.provide('postgresUrl', server.url);
  project.provide('templateDatabase', 'huiliu_template');
  return async () => {
    await server.stop();
    rmSync(dataRoot, { recursive: true, force: true });
  };
}
