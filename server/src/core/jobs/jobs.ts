// The one way to start background work: a row in the caller's transaction. Rolled back: it never was. Committed: it will run.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { currentContext } from '../context.js';
import { currentScope } from '../db/scope.js';
import { AppError } from '../errors/app-error.js';
import { newId } from '../ids.js';
import type { JobDef } from './define.js';

export interface EnqueueOptions {
  /** Not before this instant. */
  runAt?: Date;
  /** While one job with this key waits, another is not added. */
  key?: string;
}

/** What travels: the payload and whom it belongs to. */
export interface Envelope {
  t?: string;
  r: string;
  p: unknown;
}

export interface RawJob {
  name: string;
  queue: string;
  attempts: number;
  serial?: string;
  payload: unknown;
  options?: EnqueueOptions;
}

@Injectable()
export class Jobs {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  get driver(): 'graphile' | 'bull' {
    return this.config.redisUrl ? 'bull' : 'graphile';
  }

  /** Puts one job in line. @throws bug outside of a write; INVALID-like zod error when the payload does not fit. */
  async enqueue<T>(def: JobDef<T>, payload: T, options: EnqueueOptions = {}): Promise<void> {
    await this.enqueueRaw([{ name: def.name, queue: def.queue, attempts: def.attempts, serial: def.serial ? def.name : undefined, payload: def.schema.parse(payload), options }]);
  }

  /** Many at once, in one round trip. */
  async enqueueMany<T>(def: JobDef<T>, payloads: readonly T[], options: EnqueueOptions = {}): Promise<void> {
    await this.enqueueRaw(payloads.map((payload) => ({ name: def.name, queue: def.queue, attempts: def.attempts, payload: def.schema.parse(payload), options })));
  }

  /** For core: events and cron runs are jobs too. */
  async enqueueRaw(jobs: readonly RawJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const scope = currentScope();
    if (scope?.mode !== 'write') throw new AppError('bug', 'Background work starts inside a write transaction, or it could be lost.');
    const { tenantId, requestId } = currentContext();
    const rows = jobs.map((job) => ({
      id: newId(),
      name: job.name,
      queue: job.queue,
      serial: job.serial,
      attempts: job.attempts,
      key: job.options?.key ? `${tenantId ?? 'system'}:${job.name}:${job.options.key}` : undefined,
      runAt: job.options?.runAt?.toISOString(),
      payload: { t: tenantId, r: requestId, p: job.payload } satisfies Envelope,
    }));
    await scope.client.query({ name: 'enqueue', text: 'select app.enqueue($1, $2)', values: [this.driver, JSON.stringify(rows)] });
  }
}
