// News from the channels that concerns who somebody is.
import { Injectable } from '@nestjs/common';
import type { EventPayload } from '@huiliu/shared';
import { OnEvent } from '../../core/jobs/decorators.js';
import { InboundEvents } from '../channels/index.js';
import { IdentityService } from './identity/identity.service.js';

@Injectable()
export class CustomersJobs {
  constructor(
    private readonly inbound: InboundEvents,
    private readonly identities: IdentityService,
  ) {}

  /** A person who withdrew the authorisation is forgotten as far as the platform's rules ask. */
  @OnEvent('channel.received')
  async forgetRevoked({ channelId, inboundIds }: EventPayload<'channel.received'>): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    const revoked = events.filter((event) => event.type === 'authorization.revoked').map((event) => event.externalId);
    if (revoked.length > 0) await this.identities.revoke(channelId, revoked);
  }
}
