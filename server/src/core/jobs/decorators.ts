// Marks on methods: who runs a job, who hears an event, what runs by the clock.
import { SetMetadata } from '@nestjs/common';
import type { EventName } from '@huiliu/shared';
import type { JobDef } from './define.js';

export const ON_JOB = 'huiliu:on_job';
export const ON_EVENT = 'huiliu:on_event';
export const CRON = 'huiliu:cron';

/** This method runs the job. Exactly one per job, or the process does not start. */
export const OnJob = <T>(def: JobDef<T>) => SetMetadata(ON_JOB, def.name);

/** This method hears the event, in a job of its own, after the emitter's commit. */
export const OnEvent = (name: EventName) => SetMetadata(ON_EVENT, name);

export interface CronMark {
  name: string;
  pattern: string;
}

/**
 * Runs by the clock, once per tenant and slot, whatever the number of workers. A missed slot is made good once.
 * @param pattern five fields (minute first) or six (second first).
 */
export const Cron = (name: string, pattern: string) => SetMetadata(CRON, { name, pattern } satisfies CronMark);
