import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { currentCustomerId } from '../../core/context.js';
import { Can, Customer, Public } from '../../core/graphql/doors.js';
import { inOrder, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { presentTemplate, TemplatesService, ChannelViews } from '../channels/index.js';
import { CouponsService } from '../coupons/index.js';
import type { Offer, OfferInput, OfferNotice } from './offer.js';
import { OfferClaims } from './offer-claims.service.js';
import { OffersService } from './offers.service.js';
import { PublicOffers } from './public-offers.service.js';

@Resolver()
export class OffersResolver {
  constructor(
    private readonly service: OffersService,
    private readonly publicOffers: PublicOffers,
    private readonly claims: OfferClaims,
  ) {}

  @Query() @Can('offer.read')
  offers() {
    return this.service.list();
  }

  @Query() @Can('offer.read')
  offer(@Args('id') id: string) {
    return this.service.get(id);
  }

  @Query() @Public()
  publicOffer(@Args('tenantSlug') tenantSlug: string, @Args('offerId') offerId?: string | null, @Args('entryCode') entryCode?: string | null) {
    return this.publicOffers.find(tenantSlug, { offerId, entryCode });
  }

  @Mutation() @Can('offer.manage')
  saveOffer(@Args('input') input: OfferInput, @Args('id') id?: string | null) {
    return this.service.save(id ?? undefined, input);
  }

  @Mutation() @Can('offer.manage')
  publishOffer(@Args('id') id: string, @Args('override') override?: string | null) {
    return this.service.publish(id, override ?? undefined);
  }

  @Mutation() @Can('offer.manage')
  endOffer(@Args('id') id: string) {
    return this.service.end(id);
  }

  @Mutation() @Customer()
  claimOffer(@Args('offerId') offerId: string) {
    return this.claims.claim(offerId, currentCustomerId());
  }
}

@Resolver('OfferNotice')
export class OfferNoticeResolver {
  constructor(private readonly templates: TemplatesService) {}

  @ResolveField()
  template(@Parent() notice: OfferNotice, @Context() context: GraphContext) {
    return loader(context, 'messageTemplate', async (ids: readonly string[]) =>
      inOrder(ids, await this.templates.byIds(ids), (row) => row.id, (row) => row && presentTemplate(row))).load(notice.templateId);
  }
}

@Resolver('Offer')
export class OfferFieldsResolver {
  constructor(
    private readonly service: OffersService,
    private readonly publicOffers: PublicOffers,
    private readonly channelViews: ChannelViews,
    private readonly coupons: CouponsService,
  ) {}

  @ResolveField()
  channel(@Parent() offer: Offer, @Context() context: GraphContext) {
    return loader(context, 'offer.channel', async (ids: readonly string[]) =>
      inOrder(ids, await this.channelViews.all(), (row) => row.id, (row) => row)).load(offer.channelId);
  }

  @ResolveField()
  couponTemplate(@Parent() offer: Offer, @Context() context: GraphContext) {
    return loader(context, 'couponTemplate', async (ids: readonly string[]) =>
      inOrder(ids, await this.coupons.templatesByIds(ids), (row) => row.id, (row) => row)).load(offer.couponTemplateId);
  }

  @ResolveField()
  url(@Parent() offer: Offer, @Context() context: GraphContext) {
    return loader(context, 'offer.url', (ids: readonly string[]) => this.publicOffers.urlsOf(ids)).load(offer.id);
  }

  @ResolveField()
  lint(@Parent() offer: Offer, @Context() context: GraphContext) {
    return loader(context, 'offer.lint', (offers: readonly Offer[]) => this.service.lint(offers)).load(offer);
  }

  @ResolveField()
  report(@Parent() offer: Offer, @Context() context: GraphContext) {
    return loader(context, 'offer.report', async (ids: readonly string[]) =>
      inOrder(ids, await this.service.reports(ids), (row) => row.id, (row) => row)).load(offer.id);
  }
}
