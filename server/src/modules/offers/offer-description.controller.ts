// The offer as JSON, for a mini program that draws its own page.
import { Controller, Get, Header, Param } from '@nestjs/common';
import { notFound } from '../../core/errors/app-error.js';
import { Public } from '../../core/graphql/doors.js';
import { PublicOffers } from './public-offers.service.js';

@Controller('p')
export class OfferDescriptionController {
  constructor(private readonly offers: PublicOffers) {}

  @Get(':slug/o/:offerId.json')
  @Header('cache-control', 'no-cache')
  @Public()
  async describe(@Param('slug') slug: string, @Param('offerId') offerId: string) {
    const offer = await this.offers.find(slug, { offerId });
    if (!offer) throw notFound('offer', offerId);
    return this.offers.describe(slug, offer);
  }
}
