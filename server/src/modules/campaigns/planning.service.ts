// From launch to the last message: chunks are planned one by one, sending starts with the first, and the end is noticed once.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Events } from '../../core/events/events.js';
import { Jobs } from '../../core/jobs/jobs.js';
import { Dispatches, Planner } from '../messages/index.js';
import { compileSegment } from '../segments/index.js';
import { CampaignsRepository, type CampaignRow } from './campaigns.repository.js';
import { ChunksRepository } from './chunks.repository.js';
import { planChunk } from './plan-chunk.job.js';

/** People a planning job reserves in one transaction: a second or two of work, so that locks are brief and a crash costs little. */
const CHUNK_SIZE = 20_000;

@Injectable()
export class PlanningService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: CampaignsRepository,
    private readonly chunks: ChunksRepository,
    private readonly planner: Planner,
    private readonly dispatches: Dispatches,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly clock: Clock,
  ) {}

  /** In the launch transaction: cuts the audience and puts a job per chunk in line. */
  async begin(campaignId: string): Promise<void> {
    await this.chunks.cut(campaignId, CHUNK_SIZE);
    await this.goOn(campaignId);
  }

  /** Puts the chunks that are not planned yet in line (again). */
  async goOn(campaignId: string): Promise<void> {
    const waiting = await this.chunks.unplanned(campaignId);
    await this.jobs.enqueueMany(planChunk, waiting.map((number) => ({ campaignId, number })));
  }

  /** The job. A second run finds the chunk planned; a paused or cancelled campaign is left alone. */
  async planChunk(campaignId: string, number: number): Promise<void> {
    await this.db.write(async () => {
      // Held, so that a cancel waits for this chunk and then releases what it reserved.
      const campaign = await this.repository.hold(campaignId);
      if (campaign?.state !== 'planning') return;
      const chunk = await this.chunks.lock(campaignId, number);
      if (!chunk || chunk.plannedAt !== null) return;
      const outcome = await this.planner.planChunk(campaignId, { audience: audienceOf(campaign), fromId: chunk.fromId, toId: chunk.toId });
      await this.chunks.markPlanned(campaignId, number, outcome);
    });
    await this.afterChunk(campaignId);
  }

  /** Nothing is left to send: the campaign is over. Heard twice, done once; a paused campaign waits for its resume. */
  async finish(campaignId: string): Promise<void> {
    await this.db.write(async () => {
      if (await this.repository.complete(campaignId, this.clock.now())) await this.events.emit('campaign.finished', { campaignId });
    });
  }

  /** Closes what may have ended while nobody listened: planning that is done, a dispatch that is drained. */
  async afterChunk(campaignId: string): Promise<void> {
    await this.db.write(async () => {
      const isLast = await this.repository.startSending(campaignId);
      const campaign = await this.repository.byId(campaignId);
      if (campaign?.state !== 'planning' && campaign?.state !== 'sending') return;
      await this.dispatches.start(campaignId);
      if (isLast) await this.dispatches.seal(campaignId);
    });
    if ((await this.dispatches.state(campaignId)) === 'done') await this.finish(campaignId);
  }
}

/** The people of a launched campaign, as they were at launch, whenever the chunk's turn comes. */
function audienceOf(campaign: CampaignRow): { sql: string; params: unknown[] } {
  const { rule, launchedAt } = campaign;
  if (rule === null || launchedAt === null) throw new Error(`Campaign ${campaign.id} is being planned but was never launched.`);
  return compileSegment(rule, { now: launchedAt, startParam: 1 });
}
