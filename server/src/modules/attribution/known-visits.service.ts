// A visit of somebody we know.
import { Injectable } from '@nestjs/common';
import { TimelineService, VisitsService } from '../customers/index.js';
import type { NewTouch } from './attribution.repository.js';

/** What a visit changes for a customer we know. */
@Injectable()
export class KnownVisits {
  constructor(
    private readonly visits: VisitsService,
    private readonly timeline: TimelineService,
  ) {}

  async note(customerId: string, touch: NewTouch): Promise<void> {
    await this.visits.note(customerId, touch.source, touch.at);
    await this.timeline.record([{
      customerId, type: 'customer.visited', occurredAt: touch.at, sourceKey: `customer.visited:${touch.id}`, subjectId: touch.messageId ?? touch.entryLinkId ?? undefined, detail: { source: touch.source },
    }]);
  }
}
