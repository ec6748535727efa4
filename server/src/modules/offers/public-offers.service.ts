// Offers as anyone may see them.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { currentContext, runAs } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { TenantsService } from '../tenants/index.js';
import { PublicOfferRepository, type PublicOffer } from './public-offer.repository.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

@Injectable()
export class PublicOffers {
  constructor(
    private readonly db: TenantDb,
    @Inject(CONFIG) private readonly config: Config,
    private readonly tenants: TenantsService,
    private readonly offers: PublicOfferRepository,
  ) {}

  /** Undefined when there is none or it is a draft. @throws NOT_FOUND for an unknown shop. */
  async find(tenantSlug: string, by: { offerId?: string | null; entryCode?: string | null }): Promise<PublicOffer | undefined> {
    const { id: tenantId } = await this.tenants.bySlug(tenantSlug);
    const offerId = by.offerId ?? undefined;
    if (offerId !== undefined && !UUID.test(offerId)) return undefined;
    const entryCode = by.entryCode?.trim().toLowerCase();
    return runAs({ ...currentContext(), tenantId }, () => this.db.read(() => this.offers.find({ offerId, entryCode })));
  }

  /** The addresses of offers. */
  async urlsOf(offerIds: readonly string[]): Promise<string[]> {
    const { slug } = await this.tenants.current();
    return offerIds.map((id) => `${this.config.publicUrl}/p/${slug}/o/${id}`);
  }

  /** Everything a native mini program needs to show the offer, ask the prompt and claim. */
  describe(tenantSlug: string, offer: PublicOffer) {
    const { publicUrl, maxPromptTemplates } = this.config;
    return {
      version: 1,
      offer,
      shop: { slug: tenantSlug, name: offer.tenantName },
      // Straight from the tap: the client refuses a prompt that waits for a request first.
      prompt: { templateIds: offer.notices.slice(0, maxPromptTemplates).map((notice) => notice.templateExternalId) },
      api: {
        endpoint: `${publicUrl}/graphql`,
        signIn: 'mutation($shop:String!,$appId:String!,$code:String!){signInCustomer(tenantSlug:$shop,appId:$appId,code:$code){...on CustomerSession{token expiresAt}...on Refusal{code}}}',
        report: 'mutation($promptId:String!,$appId:String!,$answers:[PromptAnswerInput!]!){reportPrompt(promptId:$promptId,appId:$appId,answers:$answers){credited}}',
        claim: 'mutation($offerId:ID!){claimOffer(offerId:$offerId){...on ClaimedCoupon{isRepeat coupon{id code expiresAt}}...on Refusal{code details}}}',
      },
      page: `${publicUrl}/p/${tenantSlug}/o/${offer.id}`,
    };
  }
}
