import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/index.js';
import { CouponsModule } from '../coupons/index.js';
import { TenantsModule } from '../tenants/index.js';
import { OfferClaims } from './offer-claims.service.js';
import { OfferDescriptionController } from './offer-description.controller.js';
import { OfferGate } from './offer-gate.service.js';
import { OfferSurroundings } from './offer-surroundings.service.js';
import { OffersRepository } from './offers.repository.js';
import { OfferFieldsResolver, OfferNoticeResolver, OffersResolver } from './offers.resolver.js';
import { OffersService } from './offers.service.js';
import { PublicOfferRepository } from './public-offer.repository.js';
import { PublicOffers } from './public-offers.service.js';

@Module({
  imports: [TenantsModule, ChannelsModule, CouponsModule],
  controllers: [OfferDescriptionController],
  providers: [
    OffersService, OffersRepository, OfferSurroundings, OfferGate, OfferClaims, PublicOffers, PublicOfferRepository,
    OffersResolver, OfferFieldsResolver, OfferNoticeResolver,
  ],
  exports: [OffersService],
})
export class OffersModule {}
