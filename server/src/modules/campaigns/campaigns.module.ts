import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/index.js';
import { MessagesModule } from '../messages/index.js';
import { OffersModule } from '../offers/index.js';
import { SegmentsModule } from '../segments/index.js';
import { TenantsModule } from '../tenants/index.js';
import { CampaignContentsResolver } from './campaign-contents.resolver.js';
import { CampaignsJobs } from './campaigns.jobs.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { CampaignsResolver } from './campaigns.resolver.js';
import { CampaignsService } from './campaigns.service.js';
import { ChunksRepository } from './chunks.repository.js';
import { LaunchService } from './launch.service.js';
import { PlanningService } from './planning.service.js';
import { ReportRepository } from './report.repository.js';
import { ReportService } from './report.service.js';
import { SwitchesService } from './switches.service.js';

@Module({
  imports: [TenantsModule, ChannelsModule, OffersModule, SegmentsModule, MessagesModule],
  providers: [
    CampaignsRepository, ChunksRepository, ReportRepository,
    CampaignsService, LaunchService, SwitchesService, PlanningService, ReportService,
    CampaignsJobs, CampaignsResolver, CampaignContentsResolver,
  ],
  exports: [CampaignsService],
})
export class CampaignsModule {}
