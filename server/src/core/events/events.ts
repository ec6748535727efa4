// News goes up: one job per listener, written with the fact itself.
import { Injectable } from '@nestjs/common';
import { eventSchemas, type EventName, type EventPayload } from '@huiliu/shared';
import { JobRegistry } from '../jobs/registry.js';
import { Jobs } from '../jobs/jobs.js';

@Injectable()
export class Events {
  constructor(
    private readonly registry: JobRegistry,
    private readonly jobs: Jobs,
  ) {}

  /** Tells every listener after commit. Call it inside the write that makes the fact true. */
  async emit<N extends EventName>(name: N, payload: EventPayload<N>): Promise<void> {
    const parsed = eventSchemas[name].parse(payload);
    const listeners = this.registry.listeners.get(name) ?? [];
    await this.jobs.enqueueRaw(listeners.map((listener) => ({ name: listener.job, queue: 'events', attempts: 8, payload: parsed })));
  }
}
