// The front door of campaigns.
export { CampaignsModule } from './campaigns.module.js';
export { CampaignsService } from './campaigns.service.js';
export type { CampaignRow } from './campaigns.repository.js';
