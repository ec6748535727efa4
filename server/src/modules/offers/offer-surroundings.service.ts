// What offers point at: the account, the coupon, the notice templates. One read for any number of offers.
import { Injectable } from '@nestjs/common';
import { ChannelsService, TemplatesService, type ChannelRow } from '../channels/index.js';
import { CouponsService, type CouponTemplate } from '../coupons/index.js';
import type { NoticeFact } from './offer.js';

export interface Surroundings {
  channels: Map<string, Pick<ChannelRow, 'platform' | 'status'>>;
  coupons: Map<string, CouponTemplate>;
  templates: Map<string, NoticeFact & { channelId: string }>;
}

interface Pointing {
  couponTemplateId: string;
  notices: readonly { templateId: string }[];
}

@Injectable()
export class OfferSurroundings {
  constructor(
    private readonly channels: ChannelsService,
    private readonly coupons: CouponsService,
    private readonly templates: TemplatesService,
  ) {}

  /** Joins the caller's transaction. @throws NOT_FOUND when an id is no id at all. */
  async load(offers: readonly Pointing[]): Promise<Surroundings> {
    const templateIds = [...new Set(offers.flatMap((offer) => offer.notices.map((notice) => notice.templateId)))];
    const couponIds = [...new Set(offers.map((offer) => offer.couponTemplateId))];
    const channels = await this.channels.list();
    const coupons = await this.coupons.templatesByIds(couponIds);
    const templates = templateIds.length > 0 ? await this.templates.byIds(templateIds) : [];
    return {
      channels: new Map(channels.map((row) => [row.id, row])),
      coupons: new Map(coupons.map((row) => [row.id, row])),
      templates: new Map(templates.map((row) => [row.id, { title: row.title, kind: row.kind, isActive: row.is_active, fields: row.fields, channelId: row.channel_id }])),
    };
  }
}
