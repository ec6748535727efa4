// The front door of offers.
export { OffersModule } from './offers.module.js';
export { OffersService } from './offers.service.js';
export type { Offer, OfferState } from './offer.js';
