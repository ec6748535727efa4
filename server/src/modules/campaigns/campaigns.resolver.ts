import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can } from '../../core/graphql/doors.js';
import { inOrder, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { OffersService } from '../offers/index.js';
import { SegmentsService } from '../segments/index.js';
import type { CampaignInput } from './campaign-input.js';
import type { CampaignRow } from './campaigns.repository.js';
import { CampaignsService } from './campaigns.service.js';
import { LaunchService } from './launch.service.js';
import { ReportService } from './report.service.js';
import { SwitchesService } from './switches.service.js';

@Resolver('Campaign')
export class CampaignsResolver {
  constructor(
    private readonly service: CampaignsService,
    private readonly launches: LaunchService,
    private readonly switches: SwitchesService,
    private readonly reports: ReportService,
    private readonly segments: SegmentsService,
    private readonly offers: OffersService,
  ) {}

  @Query() @Can('campaign.read')
  campaigns() {
    return this.service.list();
  }

  @Query() @Can('campaign.read')
  campaign(@Args('id') id: string) {
    return this.service.get(id);
  }

  @Query() @Can('campaign.read')
  forecast(@Args('campaignId') campaignId: string) {
    return this.service.forecast(campaignId);
  }

  @Query() @Can('campaign.read')
  previewCampaign(@Args('campaignId') campaignId: string, @Args('customerId') customerId: string) {
    return this.service.preview(campaignId, customerId);
  }

  @Mutation() @Can('campaign.manage')
  saveCampaign(@Args('id') id: string | null | undefined, @Args('input') input: CampaignInput) {
    return this.service.save(id ?? undefined, input);
  }

  @Mutation() @Can('campaign.launch')
  launchCampaign(@Args('id') id: string) {
    return this.launches.launch(id);
  }

  @Mutation() @Can('campaign.launch')
  pauseCampaign(@Args('id') id: string) {
    return this.switches.pause(id);
  }

  @Mutation() @Can('campaign.launch')
  resumeCampaign(@Args('id') id: string) {
    return this.switches.resume(id);
  }

  @Mutation() @Can('campaign.launch')
  cancelCampaign(@Args('id') id: string) {
    return this.switches.cancel(id);
  }

  @Mutation() @Can('campaign.manage')
  duplicateCampaign(@Args('id') id: string) {
    return this.service.duplicate(id);
  }

  @Mutation() @Can('campaign.manage')
  deleteDraftCampaign(@Args('id') id: string) {
    return this.service.deleteDraft(id);
  }

  @ResolveField()
  segment(@Parent() campaign: CampaignRow, @Context() context: GraphContext) {
    return loader(context, 'campaign.segment', async (ids: readonly string[]) =>
      inOrder(ids, await this.segments.byIds(ids), (row) => row.id, (row) => row)).load(campaign.segmentId);
  }

  @ResolveField()
  offer(@Parent() campaign: CampaignRow, @Context() context: GraphContext) {
    if (campaign.offerId === null) return null;
    return loader(context, 'campaign.offer', async (ids: readonly string[]) =>
      inOrder(ids, await this.offers.byIds(ids), (row) => row.id, (row) => row ?? null)).load(campaign.offerId);
  }

  @ResolveField()
  progress(@Parent() campaign: CampaignRow, @Context() context: GraphContext) {
    return loader(context, 'campaign.progress', (campaigns: readonly CampaignRow[]) => this.reports.progress(campaigns)).load(campaign);
  }

  @ResolveField()
  report(@Parent() campaign: CampaignRow, @Context() context: GraphContext) {
    return loader(context, 'campaign.report', (campaigns: readonly CampaignRow[]) =>
      Promise.all(campaigns.map((one) => this.reports.report(one)))).load(campaign);
  }
}
