// The transaction in force. Repositories find it here, so that no signature carries a connection.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { AppError, isRetryable } from '../errors/app-error.js';

export interface Scope {
  kind: 'tenant' | 'system';
  mode: 'read' | 'write';
  /** Behind whose fence it is; '' above all. */
  tenantId: string;
  client: PoolClient;
  runner: QueryRunner;
}

const storage = new AsyncLocalStorage<Scope>();

export const currentScope = (): Scope | undefined => storage.getStore();

/** True while a write transaction is open: no platform may be called then. */
export const isInWrite = (): boolean => storage.getStore()?.mode === 'write';

/** @throws bug outside of a transaction of this kind. */
export function scopeOf(kind: Scope['kind']): Scope {
  const scope = storage.getStore();
  if (scope?.kind !== kind) throw new AppError('bug', `No ${kind} transaction is open: wrap this in db.read or db.write.`);
  return scope;
}

export interface Opening {
  pool: DataSource;
  kind: Scope['kind'];
  mode: Scope['mode'];
  tenantId: string;
}

const ATTEMPTS = 3;

/**
 * Runs `work` in one transaction; joins an open one of the same kind.
 * A deadlock or serialisation failure runs the whole unit again, in a new transaction, up to three times.
 */
export async function inTransaction<T>(opening: Opening, work: () => Promise<T>): Promise<T> {
  const outer = storage.getStore();
  if (outer?.kind === opening.kind) {
    if (outer.tenantId !== opening.tenantId) throw new AppError('bug', 'Another tenant’s transaction is open: its fence would be ours.');
    if (outer.mode === 'read' && opening.mode === 'write') throw new AppError('bug', 'A write inside a read transaction.');
    return work();
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(opening, work);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}

async function once<T>(opening: Opening, work: () => Promise<T>): Promise<T> {
  const runner = opening.pool.createQueryRunner();
  const client = (await runner.connect()) as PoolClient;
  Object.assign(runner, { isTransactionActive: true }); // we began it ourselves; TypeORM must not begin another
  let broken: Error | undefined;
  try {
    // Not awaited: with pipelining these two travel in the same flight as the first query of `work`.
    const begun = Promise.all([
      client.query(opening.mode === 'read' ? 'begin read only' : 'begin'),
      client.query({ name: 'set_tenant', text: "select set_config('app.tenant_id', $1, true)", values: [opening.tenantId] }),
    ]);
    begun.catch(() => undefined);
    const result = await storage.run({ kind: opening.kind, mode: opening.mode, tenantId: opening.tenantId, client, runner }, work);
    await begun;
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    Object.assign(runner, { isTransactionActive: false });
    if (broken) client.release(broken); // a connection in doubt never goes back to the pool
    else await runner.release();
  }
}
