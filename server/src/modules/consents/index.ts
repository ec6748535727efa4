// The front door of the reach ledger.
export { ConsentsModule } from './consents.module.js';
export { ConsentsService } from './consents.service.js';
export { Ledger } from './ledger.service.js';
export type { Refused } from './ledger.service.js';
export type { LedgerBalance, PermitRow } from './permits.repository.js';
export { releaseCtes } from './release-sql.js';
