// Launch: the one moment when a draft becomes messages to real people.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { currentContext } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { notFound } from '../../core/errors/app-error.js';
import { Events } from '../../core/events/events.js';
import { refusal } from '../../core/graphql/refusal.js';
import { Dispatches } from '../messages/index.js';
import { Audit } from '../tenants/index.js';
import { whyNotLaunch } from './campaign.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { asCampaign, CampaignsService, type Saved } from './campaigns.service.js';
import { dispatchSpecOf } from './dispatch-spec.js';
import { PlanningService } from './planning.service.js';

@Injectable()
export class LaunchService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: CampaignsRepository,
    private readonly campaigns: CampaignsService,
    private readonly planning: PlanningService,
    private readonly dispatches: Dispatches,
    private readonly events: Events,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Freezes the segment's rule and the ladder, and starts planning. Clicked fifty times at once, it is launched once. */
  async launch(id: string): Promise<Saved> {
    return this.db.write(async () => {
      const campaign = await this.repository.lock(id);
      if (!campaign) throw notFound('campaign', id);
      const at = this.clock.now();
      const audience = await this.campaigns.audienceNow(campaign);
      const whyNot = whyNotLaunch(await this.campaigns.launchFacts(campaign, audience.count), at);
      if (whyNot) return refusal(whyNot.code, whyNot.details);
      const { actor } = currentContext();
      const by = actor.kind === 'staff' ? actor.id : undefined;
      const launched = await this.repository.markLaunched(id, { rule: audience.rule, audience: audience.count, at, by });
      if (!launched) return refusal('campaign_already_launched', { state: campaign.state });
      await this.dispatches.open(dispatchSpecOf(launched));
      await this.planning.begin(id);
      await this.audit.record('campaign.launch', { kind: 'campaign', id }, { name: launched.name, audience: audience.count });
      await this.events.emit('campaign.launched', { campaignId: id });
      return asCampaign(launched);
    });
  }
}
