// Jobs are declared once: name, queue, payload, attempts. A job is a command; its handler may run twice.
import type { z } from 'zod';

export interface JobDef<T> {
  /** module.verb */
  name: string;
  /** What it protects: send, inbound, timers, reports. */
  queue: string;
  schema: z.ZodType<T>;
  /** Runs before it becomes a dead letter. */
  attempts: number;
  /** Runs of one serial key never overlap (driver graphile); handlers must not rely on it for correctness. */
  serial?: boolean;
}

const known = new Map<string, JobDef<unknown>>();

/** Declares a job. @throws Error when the name is taken. */
export function defineJob<T>(def: Omit<JobDef<T>, 'attempts'> & { attempts?: number }): JobDef<T> {
  if (known.has(def.name)) throw new Error(`Job ${def.name} is defined twice.`);
  const full: JobDef<T> = { attempts: 8, ...def };
  known.set(def.name, full as JobDef<unknown>);
  return full;
}

export const definedJobs = (): ReadonlyMap<string, JobDef<unknown>> => known;

/** Seconds to wait before attempt n+1: e^n, at most e^10 (about six hours). Both drivers follow it. */
export const backoffSeconds = (attempt: number): number => Math.exp(Math.min(10, attempt));
