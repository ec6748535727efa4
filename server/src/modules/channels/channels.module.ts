import { Module } from '@nestjs/common';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelChecks } from './channel-checks.service.js';
import { TenantsModule } from '../tenants/index.js';
import { AuthorisationJobs } from './authorisation/authorisation.jobs.js';
import { AuthorisationResolver } from './authorisation/authorisation.resolver.js';
import { Authorisations } from './authorisation/authorisations.service.js';
import { AuthorisedChannels } from './authorisation/authorised-channels.service.js';
import { ComponentApi } from './authorisation/component.client.js';
import { ComponentTokens } from './authorisation/component-tokens.service.js';
import { GrantTokens } from './authorisation/grant-tokens.service.js';
import { GrantsRepository } from './authorisation/grants.repository.js';
import { Grants } from './authorisation/grants.service.js';
import { OpenWebhooksController } from './authorisation/open-webhooks.controller.js';
import { PlatformPushes } from './authorisation/platform-pushes.service.js';
import { ProviderAppsRepository } from './authorisation/provider-apps.repository.js';
import { SuiteApi } from './authorisation/suite.client.js';
import { SuitePushes } from './authorisation/suite-pushes.service.js';
import { SuiteTokens } from './authorisation/suite-tokens.service.js';
import { ChannelLifecycle } from './channel-lifecycle.service.js';
import { ChannelLogin } from './channel-login.service.js';
import { ChannelsJobs } from './channels.jobs.js';
import { ChannelsRepository } from './channels.repository.js';
import { ChannelsResolver } from './channels.resolver.js';
import { ChannelsService } from './channels.service.js';
import { InboundEvents } from './inbound/inbound-events.service.js';
import { InboundIntake } from './inbound/inbound-intake.service.js';
import { InboundJobs } from './inbound/inbound.jobs.js';
import { InboundRepository } from './inbound/inbound.repository.js';
import { InboundService } from './inbound/inbound.service.js';
import { RejectionCounter } from './inbound/rejection-counter.service.js';
import { WebhooksController } from './inbound/webhooks.controller.js';
import { ChannelViews } from './channel-views.service.js';
import { PlatformHttpClient } from './platform-http.client.js';
import { ChannelRatesRepository } from './rates/channel-rates.repository.js';
import { BatchSender } from './sending/batch-sender.service.js';
import { ChannelSender } from './sending/channel-sender.service.js';
import { TemplatesRepository } from './templates.repository.js';
import { TemplatesService } from './templates.service.js';
import { AccountMenu } from './official/account-menu.service.js';
import { ArticleDesk } from './official/article-desk.service.js';
import { FollowerSync } from './official/follower-sync.service.js';
import { FollowersRepository } from './official/followers.repository.js';
import { MassPosts } from './official/mass-posts.service.js';
import { OfficialJobs } from './official/official.jobs.js';
import { OfficialResolver } from './official/official.resolver.js';
import { OfficialTags } from './official/official-tags.service.js';
import { PostsRepository } from './official/posts.repository.js';
import { EntryWays } from './entry-ways.service.js';
import { ContactDesk } from './wecom/contact-desk.service.js';
import { ContactSync } from './wecom/contact-sync.service.js';
import { ContactSyncsRepository } from './wecom/contact-syncs.repository.js';
import { ContactsRepository } from './wecom/contacts.repository.js';
import { CorpTagsDesk } from './wecom/corp-tags.service.js';
import { CustomerGroupsService } from './wecom/customer-groups.service.js';
import { LiveCodesRepository } from './wecom/live-codes.repository.js';
import { LiveCodes } from './wecom/live-codes.service.js';
import { MomentsService } from './wecom/moments.service.js';
import { UnionDesk } from './wecom/union-desk.service.js';
import { WecomJobs } from './wecom/wecom.jobs.js';
import { WecomResolver } from './wecom/wecom.resolver.js';
import { WelcomeDesk } from './wecom/welcome-desk.service.js';
import { WelcomesRepository } from './wecom/welcomes.repository.js';
import { PlatformCalls } from './platform-calls.service.js';
import { AlertsJobs } from './alerts/alerts.jobs.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { AlertsResolver } from './alerts/alerts.resolver.js';
import { AlertsService } from './alerts/alerts.service.js';
import { KfAccounts } from './kf/kf-accounts.service.js';
import { KfJobs } from './kf/kf.jobs.js';
import { KfReader } from './kf/kf-reader.service.js';
import { KfRepository } from './kf/kf.repository.js';
import { KfResolver } from './kf/kf.resolver.js';
import { QuotaMeter } from './quotas/quota-meter.service.js';
import { QuotasRepository } from './quotas/quotas.repository.js';
import { QuotasResolver } from './quotas/quotas.resolver.js';
import { QuotasService } from './quotas/quotas.service.js';
import { ChannelTokensRepository } from './tokens/channel-tokens.repository.js';
import { ChannelTokens } from './tokens/channel-tokens.service.js';

@Module({
  imports: [TenantsModule],
  providers: [
    ChannelsService, ChannelsRepository, ChannelsResolver, ChannelsJobs, ChannelAccess, ChannelChecks, ChannelLifecycle, ChannelLogin, ChannelViews, PlatformHttpClient,
    TemplatesService, TemplatesRepository, ChannelTokens, ChannelTokensRepository, ChannelRatesRepository, ChannelSender, BatchSender,
    Authorisations, AuthorisedChannels, AuthorisationResolver, AuthorisationJobs, ComponentApi, ComponentTokens, Grants, GrantTokens, GrantsRepository, ProviderAppsRepository,
    PlatformPushes, SuiteApi, SuiteTokens, SuitePushes, OpenWebhooksController,
    EntryWays, OfficialTags, PlatformCalls, FollowerSync, FollowersRepository, MassPosts, PostsRepository, ArticleDesk, AccountMenu, OfficialJobs, OfficialResolver,
    AlertsService, AlertsRepository, AlertsJobs, AlertsResolver, QuotaMeter, QuotasRepository, QuotasService, QuotasResolver,
    KfAccounts, KfJobs, KfReader, KfRepository, KfResolver,
    ContactSync, ContactSyncsRepository, ContactsRepository, ContactDesk, CorpTagsDesk, UnionDesk, LiveCodes, LiveCodesRepository, WelcomeDesk, WelcomesRepository, CustomerGroupsService, MomentsService, WecomJobs, WecomResolver,
    InboundService, InboundRepository, InboundIntake, InboundEvents, InboundJobs, RejectionCounter, WebhooksController,
  ],
  exports: [ContactDesk, CorpTagsDesk, UnionDesk, LiveCodes, KfAccounts, ChannelsService, ChannelViews, ChannelLogin, ChannelSender, BatchSender, TemplatesService, InboundEvents, FollowerSync, MassPosts, PlatformCalls, EntryWays, OfficialTags],
})
export class ChannelsModule {}
