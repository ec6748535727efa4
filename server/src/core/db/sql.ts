// Three ways to run a statement in the open transaction.
import type { EntityManager } from 'typeorm';
import { scopeOf, type Scope } from './scope.js';

export abstract class Sql {
  protected abstract readonly kind: Scope['kind'];

  /** Rows of one statement. */
  async query<T = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    const result = await scopeOf(this.kind).client.query(text, values as unknown[]);
    return result.rows as T[];
  }

  /** The first row, or undefined. */
  async one<T = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<T | undefined> {
    return (await this.query<T>(text, values))[0];
  }

  /** How many rows the statement touched. */
  async exec(text: string, values: readonly unknown[] = []): Promise<number> {
    const result = await scopeOf(this.kind).client.query(text, values as unknown[]);
    return result.rowCount ?? 0;
  }

  /** A named prepared statement: for hot paths, where planning would cost more than running. */
  async prepared<T = Record<string, unknown>>(name: string, text: string, values: readonly unknown[] = []): Promise<T[]> {
    const result = await scopeOf(this.kind).client.query({ name, text, values: values as unknown[] });
    return result.rows as T[];
  }

  /** TypeORM's mapper on the same transaction, for cold rows. */
  get manager(): EntityManager {
    return scopeOf(this.kind).runner.manager;
  }
}
