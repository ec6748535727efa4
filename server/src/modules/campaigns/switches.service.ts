// The switches of a running campaign: pause, resume, cancel, and the stop that the platform forces.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { notFound } from '../../core/errors/app-error.js';
import { Events } from '../../core/events/events.js';
import { refusal } from '../../core/graphql/refusal.js';
import { Dispatches } from '../messages/index.js';
import { Audit } from '../tenants/index.js';
import { whyNotCancel, whyNotPause, whyNotResume, type CampaignState, type Whynot } from './campaign.js';
import { CampaignsRepository, type CampaignRow } from './campaigns.repository.js';
import { asCampaign, type Saved } from './campaigns.service.js';
import { PlanningService } from './planning.service.js';

@Injectable()
export class SwitchesService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: CampaignsRepository,
    private readonly planning: PlanningService,
    private readonly dispatches: Dispatches,
    private readonly events: Events,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** No new message goes out; what is on its way ends. */
  pause(id: string): Promise<Saved> {
    return this.move(id, 'campaign.pause', whyNotPause, async () => {
      await this.dispatches.pause(id);
      return this.repository.halt(id, 'paused', undefined);
    });
  }

  /** Goes on where it stood; nothing is planned or sent a second time. */
  async resume(id: string): Promise<Saved> {
    const moved = await this.move(id, 'campaign.resume', whyNotResume, async () => {
      await this.dispatches.resume(id);
      await this.planning.goOn(id);
      return this.repository.goOn(id);
    });
    if (moved.__typename === 'Campaign') await this.planning.afterChunk(id);
    return moved;
  }

  /** Releases every permit that was reserved and not yet sent. */
  cancel(id: string): Promise<Saved> {
    return this.move(id, 'campaign.cancel', whyNotCancel, async () => {
      const cancelled = await this.repository.cancel(id, this.clock.now());
      const released = await this.dispatches.cancel(id);
      await this.events.emit('campaign.finished', { campaignId: id });
      return cancelled && { row: cancelled, detail: { released } };
    });
  }

  /** The platform refuses our content: the dispatch has stopped itself, the campaign says so. */
  async stop(id: string, rejection: Record<string, unknown>): Promise<void> {
    await this.db.write(async () => {
      const stopped = await this.repository.halt(id, 'stopped', rejectionWords(rejection));
      if (stopped) await this.audit.record('campaign.stop', { kind: 'campaign', id }, { name: stopped.name, ...rejection });
    });
  }

  private async move(
    id: string,
    action: string,
    whyNot: (state: CampaignState) => Whynot | undefined,
    act: () => Promise<CampaignRow | { row: CampaignRow; detail: Record<string, unknown> } | undefined>,
  ): Promise<Saved> {
    return this.db.write(async () => {
      const campaign = await this.repository.lock(id);
      if (!campaign) throw notFound('campaign', id);
      const no = whyNot(campaign.state);
      if (no) return refusal(no.code, no.details);
      const moved = await act();
      const { row, detail } = moved && 'row' in moved ? moved : { row: moved ?? campaign, detail: {} };
      await this.audit.record(action, { kind: 'campaign', id }, { name: row.name, from: campaign.state, ...detail });
      return asCampaign(row);
    });
  }
}

/** What the console shows beside "stopped": the field that is at fault, or the platform's code. */
function rejectionWords(rejection: Record<string, unknown>): string {
  const { field, problem, platformCode, code } = rejection;
  return [problem, field, platformCode ?? code].filter((part) => part !== undefined && part !== null).join(' ') || 'content_rejected';
}
