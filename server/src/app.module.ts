// The modules, in ladder order.
import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from './config.js';
import { CoreModule } from './core/core.module.js';
import { graphqlModule } from './core/graphql/graphql.module.js';
import type { Log } from './core/log.js';
import { HealthController } from './health.controller.js';
import { AnalyticsModule } from './modules/analytics/analytics.module.js';
import { AttributionModule } from './modules/attribution/attribution.module.js';
import { CampaignsModule } from './modules/campaigns/campaigns.module.js';
import { ChannelsModule } from './modules/channels/channels.module.js';
import { ConsentsModule } from './modules/consents/consents.module.js';
import { CouponsModule } from './modules/coupons/coupons.module.js';
import { CustomersModule } from './modules/customers/customers.module.js';
import { IntegratorsModule } from './modules/integrators/integrators.module.js';
import { MessagesModule } from './modules/messages/messages.module.js';
import { OffersModule } from './modules/offers/offers.module.js';
import { SegmentsModule } from './modules/segments/segments.module.js';
import { StaffModule } from './modules/staff/staff.module.js';
import { TenantsModule } from './modules/tenants/tenants.module.js';

export const ladder = [
  TenantsModule,
  StaffModule,
  ChannelsModule,
  CustomersModule,
  ConsentsModule,
  AttributionModule,
  CouponsModule,
  OffersModule,
  SegmentsModule,
  MessagesModule,
  CampaignsModule,
  AnalyticsModule,
  IntegratorsModule,
];

@Module({})
export class AppModule {
  static with(config: Config, log: Log): DynamicModule {
    return { module: AppModule, imports: [CoreModule.with(config, log), graphqlModule(log), ...ladder], controllers: [HealthController] };
  }
}
