// SQL of offers: drafts, what the public sees, and how they do.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { Offer, OfferInput, OfferState } from './offer.js';

const OFFER = `o.id, o.name, o.headline, o.description, o.mode, o.state, o.channel_id as "channelId", o.coupon_template_id as "couponTemplateId", o.notices,
  o.override_reason as "overrideReason", o.published_at as "publishedAt", o.ended_at as "endedAt", o.created_at as "createdAt"`;

/** What a claim must know of an offer. */
export interface OfferGateRow {
  state: OfferState;
  mode: Offer['mode'];
  couponTemplateId: string;
}

export interface OfferReport {
  id: string;
  visits: number;
  claims: number;
  prompts: number;
  accepts: number;
  rejects: number;
  redeemed: number;
}

@Injectable()
export class OffersRepository {
  constructor(private readonly db: TenantDb) {}

  list(): Promise<Offer[]> {
    return this.db.query<Offer>(`select ${OFFER} from offers o order by o.created_at desc, o.id desc limit 500`);
  }

  byIds(ids: readonly string[]): Promise<Offer[]> {
    return this.db.query<Offer>(`select ${OFFER} from offers o where o.id = any($1::uuid[])`, [ids]);
  }

  /** The row, held until the transaction ends: two people publishing at once take turns. */
  lock(id: string): Promise<Offer | undefined> {
    return this.db.one<Offer>(`select ${OFFER} from offers o where o.id = $1 for update`, [id]);
  }

  async insert(id: string, input: OfferInput, now: Date): Promise<Offer> {
    const row = await this.db.one<Offer>(
      `insert into offers as o (tenant_id, id, name, headline, description, mode, channel_id, coupon_template_id, notices, created_at)
       values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${OFFER}`,
      [id, ...values(input), now],
    );
    return row!;
  }

  async update(id: string, input: OfferInput): Promise<Offer> {
    const row = await this.db.one<Offer>(
      `update offers o set name = $2, headline = $3, description = $4, mode = $5, channel_id = $6, coupon_template_id = $7, notices = $8 where o.id = $1 returning ${OFFER}`,
      [id, ...values(input)],
    );
    return row!;
  }

  async publish(id: string, at: Date, override: { by: string | undefined; reason: string } | undefined): Promise<Offer> {
    const row = await this.db.one<Offer>(
      `update offers o set state = 'published', published_at = $2, override_by = $3, override_reason = $4 where o.id = $1 returning ${OFFER}`,
      [id, at, override?.by ?? null, override?.reason ?? null],
    );
    return row!;
  }

  /** Ended once: the first time stays. */
  end(id: string, at: Date): Promise<Offer | undefined> {
    return this.db.one<Offer>(`update offers o set state = 'ended', ended_at = coalesce(o.ended_at, $2) where o.id = $1 returning ${OFFER}`, [id, at]);
  }

  async gate(id: string): Promise<OfferGateRow | undefined> {
    const rows = await this.db.prepared<OfferGateRow>('offer_gate', 'select state, mode, coupon_template_id as "couponTemplateId" from offers where id = $1', [id]);
    return rows[0];
  }

  /** Whether this person said yes to one of the offer's notices since it was published; the platform tells the time to the second. */
  async hasAccepted(offerId: string, customerId: string): Promise<boolean> {
    const found = await this.db.one(
      `select 1 from offers o
       join identities i on i.tenant_id = o.tenant_id and i.channel_id = o.channel_id and i.customer_id = $2 and i.revoked_at is null
       join permit_credits p on p.tenant_id = i.tenant_id and p.identity_id = i.id and p.reason = 'accepted' and p.occurred_at >= date_trunc('second', o.published_at)
       where o.id = $1 and p.scope in (select n ->> 'templateId' from jsonb_array_elements(o.notices) n) limit 1`,
      [offerId, customerId],
    );
    return found !== undefined;
  }

  /**
   * How offers do, one row each. Visits come by the offer's entry links. Prompt answers are those of people who hold a coupon of the offer,
   * to the offer's templates, since it was published: the platform does not say which page asked, and tells the time to the second.
   */
  reports(ids: readonly string[]): Promise<OfferReport[]> {
    return this.db.query<OfferReport>(
      `select o.id, v.visits, c.claims, c.redeemed, a.accepts + a.rejects as prompts, a.accepts, a.rejects
       from offers o
       cross join lateral (select count(*) as visits from entry_links l join touches t on t.tenant_id = l.tenant_id and t.entry_link_id = l.id where l.offer_id = o.id) v
       cross join lateral (select count(*) as claims, count(*) filter (where k.state = 'redeemed') as redeemed from coupons k where k.offer_id = o.id) c
       cross join lateral (
         select count(distinct e.id) filter (where e.type = 'subscription.accepted') as accepts, count(distinct e.id) filter (where e.type = 'subscription.rejected') as rejects
         from coupons k join customer_events e on e.tenant_id = k.tenant_id and e.customer_id = k.customer_id
         where k.offer_id = o.id and e.type in ('subscription.accepted', 'subscription.rejected') and e.occurred_at >= date_trunc('second', coalesce(o.published_at, o.created_at))
           and e.subject_id in (select (n ->> 'templateId')::uuid from jsonb_array_elements(o.notices) n)
       ) a
       where o.id = any($1::uuid[])`,
      [ids],
    );
  }
}

const values = (input: OfferInput): unknown[] => [
  input.name.trim(), input.headline.trim(), input.description?.trim() ?? '', input.mode ?? 'service', input.channelId, input.couponTemplateId,
  JSON.stringify(input.notices ?? []),
];
