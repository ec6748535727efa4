// The front door: what the modules above may use of connected accounts.
export { ChannelsModule } from './channels.module.js';
export { ChannelsService } from './channels.service.js';
export { ChannelViews } from './channel-views.service.js';
export { ChannelLogin, type Login } from './channel-login.service.js';
export { ChannelSender } from './sending/channel-sender.service.js';
export { BatchSender } from './sending/batch-sender.service.js';
export type { ContactTaskCreated, ContactTaskPage } from './adapter.js';
export { TemplatesService } from './templates.service.js';
export { EntryWays, ENTRY_WAYS, type EntryAddressMade, type EntryWay } from './entry-ways.service.js';
export { FollowerSync } from './official/follower-sync.service.js';
export { MassPosts } from './official/mass-posts.service.js';
export { PlatformCalls, refusedBy } from './platform-calls.service.js';
export { InboundEvents } from './inbound/inbound-events.service.js';
export { presentTemplate } from './channel-view.js';
export type { ChannelRow } from './channels.repository.js';
export type { TemplateRow } from './templates.repository.js';
export type { RateGrant } from './rates/channel-rates.repository.js';
export type { ChannelEvent, RefusalReason, SendRequest, SendResult, SubscriptionSend, SubscriptionStatus, WindowSend } from './adapter.js';
