// Finds every marked method once the modules stand, and refuses to start when a job has no handler or two.
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { EventName } from '@huiliu/shared';
import { CRON, ON_EVENT, ON_JOB, type CronMark } from './decorators.js';
import { definedJobs } from './define.js';

type Handler = (payload: never) => Promise<unknown>;
export interface Listener {
  job: string;
  handler: Handler;
}
export interface CronJob extends CronMark {
  handler: () => Promise<unknown>;
}

@Injectable()
export class JobRegistry implements OnApplicationBootstrap {
  readonly handlers = new Map<string, Handler>();
  readonly listeners = new Map<EventName, Listener[]>();
  readonly crons: CronJob[] = [];
  private isReady = false;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    this.collect();
  }

  /** Reads the marks; safe to call twice. */
  collect(): void {
    if (this.isReady) return;
    this.isReady = true;
    for (const wrapper of this.discovery.getProviders()) {
      const instance: unknown = wrapper.isDependencyTreeStatic() ? wrapper.instance : undefined;
      if (typeof instance !== 'object' || instance === null) continue;
      const prototype = Object.getPrototypeOf(instance) as object | null;
      if (!prototype || prototype === Object.prototype) continue;
      for (const method of this.scanner.getAllMethodNames(prototype)) this.take(instance as Record<string, Handler>, method);
    }
    const orphans = [...definedJobs().keys()].filter((name) => !this.handlers.has(name));
    if (orphans.length > 0) throw new Error(`Jobs without a handler: ${orphans.join(', ')}`);
  }

  private take(instance: Record<string, Handler>, method: string): void {
    const fn = instance[method];
    if (typeof fn !== 'function') return;
    const bound = fn.bind(instance) as Handler;
    const job = Reflect.getMetadata(ON_JOB, fn) as string | undefined;
    if (job) this.addHandler(job, bound);
    const event = Reflect.getMetadata(ON_EVENT, fn) as EventName | undefined;
    if (event) {
      const listener = { job: `on:${event}:${instance.constructor.name}.${method}`, handler: bound };
      this.addHandler(listener.job, bound);
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    }
    const cron = Reflect.getMetadata(CRON, fn) as CronMark | undefined;
    if (cron) this.crons.push({ ...cron, handler: bound as unknown as () => Promise<unknown> });
  }

  private addHandler(name: string, handler: Handler): void {
    if (this.handlers.has(name)) throw new Error(`Two handlers for job ${name}.`);
    this.handlers.set(name, handler);
  }
}
