// The front door of attribution.
export { AttributionModule } from './attribution.module.js';
export { AttributionService } from './attribution.service.js';
export type { EntryLink } from './entry-link.js';
