// The front door of analytics.
export { AnalyticsModule } from './analytics.module.js';
