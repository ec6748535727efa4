// Who arrives at sign-in, known or not.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { CustomersRepository } from '../customers.repository.js';
import type { NewIdentity } from '../identity/identity.repository.js';
import { IdentityService } from '../identity/identity.service.js';
import { TimelineService } from '../timeline/timeline.service.js';

/** The person who just signed in, with what their browser did before we knew them. */
@Injectable()
export class PlayerPeople {
  constructor(
    private readonly clock: Clock,
    private readonly identities: IdentityService,
    private readonly customers: CustomersRepository,
    private readonly timeline: TimelineService,
  ) {}

  /** Joins the caller's write. `isNews`: a new person, or anonymous touches that became theirs. */
  async arrive(who: NewIdentity, visitorId: string | undefined): Promise<{ customerId: string; isNews: boolean }> {
    const { customerId, identityId, isNew } = await this.identities.resolve(who);
    const joined = { customerId, type: 'customer.joined', occurredAt: this.clock.now(), sourceKey: `customer.joined:${identityId}`, detail: { channelId: who.channelId } };
    // Side by side: with pipelining both travel in one flight.
    const [adopted] = await Promise.all([visitorId ? this.customers.adoptTouches(customerId, visitorId) : 0, isNew ? this.timeline.record([joined]) : undefined]);
    return { customerId, isNews: isNew || adopted > 0 };
  }
}
