// What a campaign did: its messages by state, who came back, and what of that the campaign can claim.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Dispatches, type DispatchProgress, type DispatchReport } from '../messages/index.js';
import type { CampaignRow } from './campaigns.repository.js';
import { ChunksRepository } from './chunks.repository.js';
import { ReportRepository } from './report.repository.js';
import { upliftOf } from './uplift.js';

export type CampaignProgress = DispatchProgress & { audience: number; chunks: number; chunksDone: number };
export interface CampaignReport extends DispatchReport {
  returned: number;
  redeemed: number;
  revenueFen: number;
  holdoutReturned: number;
  holdoutRedeemed: number;
  uplift: number | null;
  upliftInterval: [number, number] | null;
}

const NOTHING_YET: DispatchProgress = {
  planned: 0, leased: 0, sending: 0, awaiting: 0, sent: 0, unknown: 0, refused: 0, failed: 0, skipped: 0, heldBack: 0, cancelled: 0,
};

@Injectable()
export class ReportService {
  constructor(
    private readonly db: TenantDb,
    private readonly chunks: ChunksRepository,
    private readonly repository: ReportRepository,
    private readonly dispatches: Dispatches,
  ) {}

  /** In the order of the campaigns; for a loader. */
  async progress(campaigns: readonly CampaignRow[]): Promise<CampaignProgress[]> {
    const ids = campaigns.map((campaign) => campaign.id);
    return this.db.read(async () => {
      const messages = await this.dispatches.progress(ids);
      const chunks = new Map((await this.chunks.progress(ids)).map((row) => [row.campaignId, row]));
      return campaigns.map(({ id, audience }) => ({
        ...(messages.get(id) ?? NOTHING_YET),
        audience: audience ?? 0,
        chunks: chunks.get(id)?.chunks ?? 0,
        chunksDone: chunks.get(id)?.chunksDone ?? 0,
      }));
    });
  }

  report(campaign: CampaignRow): Promise<CampaignReport> {
    return this.db.read(async () => {
      const messages = await this.dispatches.report(campaign.id);
      const { sent, holdout } = await this.repository.outcomes(campaign.id, campaign.attributionDays);
      const uplift = upliftOf(sent, holdout);
      return {
        ...messages,
        returned: sent.returned,
        redeemed: sent.redeemed,
        revenueFen: sent.revenueFen,
        holdout: holdout.people,
        holdoutReturned: holdout.returned,
        holdoutRedeemed: holdout.redeemed,
        uplift: uplift?.difference ?? null,
        upliftInterval: uplift?.interval ?? null,
      };
    });
  }
}
