// Brings a database to the newest schema: roles, the queue's own tables, then our numbered SQL, forward only.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { runMigrations as migrateGraphile } from 'graphile-worker';
import pg from 'pg';
import { rolePassword, type DbRole } from './roles.js';

const FOLDER = new URL('../../../migrations/', import.meta.url);
const LOCK = 7_215_001; // two processes that start together migrate once

/**
 * Applies what is missing, each file in a transaction of its own.
 * @param say told of each file as it is applied.
 * @throws Error when an applied file was changed afterwards: migrations are never edited.
 */
export async function migrate(databaseUrl: string, secretKey: Buffer, say: (line: string) => void = () => undefined): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    for (const role of ['huiliu_app', 'huiliu_system'] as const) await ensureRole(client, role, rolePassword(secretKey, role));
    await migrateGraphile({ connectionString: databaseUrl, logger: undefined });
    return await applyFiles(client, say);
  } finally {
    await client.end();
  }
}

async function ensureRole(client: pg.Client, role: DbRole, password: string): Promise<void> {
  const known = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (known.rowCount === 0) await client.query(`create role ${role} login`);
  await client.query(`alter role ${role} with login password '${password}'`); // hex only: safe to inline, cannot be a parameter
}

async function applyFiles(client: pg.Client, say: (line: string) => void): Promise<number> {
  await client.query('create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())');
  const applied = new Map((await client.query('select name, checksum from schema_migrations')).rows.map((r) => [r.name as string, r.checksum as string]));
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).toSorted();
  let count = 0;
  for (const name of files) {
    const sql = await readFile(new URL(name, FOLDER), 'utf8');
    const checksum = createHash('sha256').update(sql).digest('hex');
    const known = applied.get(name);
    if (known && known !== checksum) throw new Error(`Migration ${name} was changed after it had been applied here. Add a new file instead.`);
    if (known) continue;
    say(name);
    await applyOne(client, name, sql, checksum);
    count++;
  }
  return count;
}

async function applyOne(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}
