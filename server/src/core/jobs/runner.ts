// Runs one job, the same under both drivers: context, payload check, handler, and what an error's kind decides.
import { Inject, Injectable } from '@nestjs/common';
import { LOG, type Log } from '../log.js';
import { runAs } from '../context.js';
import { SystemDb } from '../db/system-db.js';
import { AppError, isUniqueViolation, toAppError } from '../errors/app-error.js';
import { newId } from '../ids.js';
import { definedJobs } from './define.js';
import type { Envelope } from './jobs.js';
import { JobRegistry } from './registry.js';

export interface Run {
  name: string;
  envelope: Envelope;
  /** 1 for the first. */
  attempt: number;
  maxAttempts: number;
}

@Injectable()
export class JobRunner {
  constructor(
    private readonly registry: JobRegistry,
    private readonly system: SystemDb,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Resolves when the job is over (done, given up or dead); rejects when the driver should try it again later. */
  async run(run: Run): Promise<void> {
    const { envelope } = run;
    return runAs({ tenantId: envelope.t, actor: { kind: 'system', name: run.name }, requestId: envelope.r }, async () => {
      try {
        await this.handle(run);
      } catch (thrown) {
        await this.failed(run, toAppError(thrown), thrown);
      }
    });
  }

  private async handle({ name, envelope }: Run): Promise<void> {
    const handler = this.registry.handlers.get(name);
    if (!handler) throw new AppError('invalid', `No handler for job ${name}.`);
    const payload = definedJobs().get(name)?.schema.safeParse(envelope.p);
    if (payload && !payload.success) throw new AppError('invalid', `Payload of ${name} does not fit: ${payload.error.message}`);
    await handler((payload ? payload.data : envelope.p) as never);
  }

  private async failed(run: Run, error: AppError, thrown: unknown): Promise<void> {
    // Postgres' own word is no such thing: it rolled back the whole unit, of which the row that was there already may be the least part.
    const isRaw = isUniqueViolation(thrown);
    if (error.kind === 'conflict' && !isRaw) return; // the handler found that someone did it first: it is done
    const isLast = run.attempt >= run.maxAttempts;
    this.log[error.rule.log]({ job: run.name, attempt: run.attempt, err: thrown }, 'job failed');
    if ((error.rule.retries || isRaw) && !isLast) throw error;
    await this.bury(run, error, thrown);
  }

  private async bury(run: Run, error: AppError, thrown: unknown): Promise<void> {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    await this.system.write('a dead letter is written whatever tenant it belongs to', () =>
      this.system.exec(
        'insert into dead_letters (id, job_name, payload, tenant_id, attempts, error, error_kind) values ($1,$2,$3,$4,$5,$6,$7)',
        [newId(), run.name, JSON.stringify(run.envelope), run.envelope.t ?? null, run.attempt, text.slice(0, 4000), error.kind],
      ),
    );
  }
}
