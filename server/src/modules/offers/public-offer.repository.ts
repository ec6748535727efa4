// What the claim page shows, in one query.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';

export interface PublicOffer {
  id: string;
  tenantName: string;
  headline: string;
  description: string;
  mode: string;
  state: string;
  appId: string;
  coupon: {
    name: string;
    kind: string;
    valueFen: number | null;
    percentOff: number | null;
    exchangeItem: string | null;
    minSpendFen: number;
    isSoldOut: boolean;
    validity: string;
    validUntil: string | null;
    validDays: number | null;
    usageNotes: string | null;
  };
  notices: { templateExternalId: string; title: string; purpose: string }[];
}

@Injectable()
export class PublicOfferRepository {
  constructor(private readonly db: TenantDb) {}

  /** By offer or by entry code; drafts are nobody's business. */
  async find(by: { offerId?: string | undefined; entryCode?: string | undefined }): Promise<PublicOffer | undefined> {
    const [row] = await this.db.prepared<PublicOffer>(
      'public_offer',
      `select o.id, t.name as "tenantName", o.headline, o.description, o.mode, o.state, ch.app_id as "appId",
         json_build_object('name', ct.name, 'kind', ct.kind, 'valueFen', ct.value_fen, 'percentOff', ct.percent_off, 'exchangeItem', ct.exchange_item,
           'minSpendFen', ct.min_spend_fen, 'validity', ct.validity, 'validUntil', ct.valid_until, 'validDays', ct.valid_days, 'usageNotes', ct.usage_notes,
           'isSoldOut', ct.remaining = 0 or ct.state = 'archived' or coalesce(ct.valid_until <= now(), false)) as coupon,
         coalesce((
           select json_agg(json_build_object('templateExternalId', m.external_id, 'title', m.title, 'purpose', n.notice ->> 'purpose') order by n.place)
           from jsonb_array_elements(o.notices) with ordinality as n(notice, place)
           join message_templates m on m.tenant_id = o.tenant_id and m.id = (n.notice ->> 'templateId')::uuid and m.is_active
         ), '[]') as notices
       from offers o
       join tenants t on t.id = o.tenant_id
       join channels ch on ch.tenant_id = o.tenant_id and ch.id = o.channel_id
       join coupon_templates ct on ct.tenant_id = o.tenant_id and ct.id = o.coupon_template_id
       where o.state <> 'draft' and o.id = coalesce($1::uuid, (select l.offer_id from entry_links l where l.code = $2))`,
      [by.offerId ?? null, by.entryCode ?? null],
    );
    return row;
  }
}
