// SQL of coupon templates and the coupons people hold.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { TimeCursor } from '../../core/graphql/paging.js';
import { newId } from '../../core/ids.js';
import type { Coupon, CouponState, CouponTemplate } from './coupon.js';
import type { TemplateInput, TemplateUpdate } from './coupon-template.js';

const TEMPLATE = `t.id, t.name, t.kind, t.value_fen as "valueFen", t.percent_off as "percentOff", t.max_discount_fen as "maxDiscountFen",
  t.exchange_item as "exchangeItem", t.min_spend_fen as "minSpendFen", t.stock, t.remaining, t.per_person_limit as "perPersonLimit", t.validity,
  t.valid_from as "validFrom", t.valid_until as "validUntil", t.valid_days as "validDays", t.usage_notes as "usageNotes",
  t.state = 'archived' as "isArchived", t.created_at as "createdAt"`;

export const COUPON = `c.id, c.code, c.state, c.template_id as "templateId", c.customer_id as "customerId", c.offer_id as "offerId",
  c.claimed_at as "claimedAt", c.usable_from as "usableFrom", c.expires_at as "expiresAt", c.redeemed_at as "redeemedAt"`;

@Injectable()
export class CouponsRepository {
  constructor(private readonly db: TenantDb) {}

  templates(includeArchived: boolean): Promise<CouponTemplate[]> {
    return this.db.query<CouponTemplate>(
      `select ${TEMPLATE} from coupon_templates t where $1 or t.state = 'active' order by t.created_at desc, t.id desc limit 500`, [includeArchived],
    );
  }

  templatesByIds(ids: readonly string[]): Promise<CouponTemplate[]> {
    return this.db.query<CouponTemplate>(`select ${TEMPLATE} from coupon_templates t where t.id = any($1::uuid[])`, [ids]);
  }

  async insertTemplate(input: TemplateInput, now: Date): Promise<CouponTemplate> {
    const row = await this.db.one<CouponTemplate>(
      `insert into coupon_templates as t (tenant_id, id, name, kind, value_fen, percent_off, max_discount_fen, exchange_item, min_spend_fen,
         stock, remaining, per_person_limit, validity, valid_from, valid_until, valid_days, usage_notes, created_at)
       values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13, $14, $15, $16) returning ${TEMPLATE}`,
      [newId(), input.name.trim(), input.kind, input.valueFen ?? null, input.percentOff ?? null, input.maxDiscountFen ?? null,
        input.exchangeItem?.trim() || null, input.minSpendFen ?? 0, input.stock, input.perPersonLimit ?? 1, input.validity,
        input.validFrom ?? null, input.validUntil ?? null, input.validDays ?? null, input.usageNotes?.trim() || null, now],
    );
    return row!;
  }

  updateTemplate(id: string, input: TemplateUpdate): Promise<CouponTemplate | undefined> {
    return this.db.one<CouponTemplate>(
      `update coupon_templates t set name = coalesce($2, name), usage_notes = case when $3 then $4 else usage_notes end, stock = stock + $5, remaining = remaining + $5
       where id = $1 returning ${TEMPLATE}`,
      [id, input.name?.trim() ?? null, input.usageNotes !== undefined, input.usageNotes?.trim() || null, input.addStock ?? 0],
    );
  }

  archiveTemplate(id: string): Promise<CouponTemplate | undefined> {
    return this.db.one<CouponTemplate>(`update coupon_templates t set state = 'archived' where id = $1 returning ${TEMPLATE}`, [id]);
  }

  redeemedCounts(templateIds: readonly string[]): Promise<{ id: string; count: number }[]> {
    return this.db.query(`select template_id as id, count(*) from coupons where state = 'redeemed' and template_id = any($1::uuid[]) group by template_id`, [templateIds]);
  }

  /** Newest first (ids follow time), after a cursor; one more than asked. */
  list(filter: { templateId?: string | null; state?: CouponState | null }, size: number, after?: TimeCursor): Promise<Coupon[]> {
    return this.db.query<Coupon>(
      `select ${COUPON} from coupons c
       where ($1::uuid is null or c.template_id = $1) and ($2::text is null or c.state = $2) and ($3::uuid is null or c.id < $3)
       order by c.id desc limit $4`,
      [filter.templateId ?? null, filter.state ?? null, after?.id ?? null, size + 1],
    );
  }

  byCode(code: string): Promise<Coupon | undefined> {
    return this.db.one<Coupon>(`select ${COUPON} from coupons c where c.code = $1`, [code]);
  }

  byIds(ids: readonly string[]): Promise<Coupon[]> {
    return this.db.query<Coupon>(`select ${COUPON} from coupons c where c.id = any($1::uuid[])`, [ids]);
  }

  /** Newest first, at most 200 per person. */
  ofCustomers(customerIds: readonly string[]): Promise<Coupon[]> {
    return this.db.query<Coupon>(
      `select k.* from unnest($1::uuid[]) p(id) cross join lateral (
         select ${COUPON} from coupons c where c.customer_id = p.id order by c.claimed_at desc limit 200
       ) k`, [customerIds],
    );
  }

  /** Marks up to `limit` coupons whose time is over; rows another worker holds are left to it. */
  expire(now: Date, limit: number): Promise<{ id: string; customerId: string; expiresAt: Date; name: string }[]> {
    return this.db.query(
      `with due as (
         select c.tenant_id, c.id from coupons c where c.state = 'claimed' and c.expires_at <= $1 order by c.expires_at limit $2 for update skip locked
       )
       update coupons c set state = 'expired' from due, coupon_templates t
       where c.tenant_id = due.tenant_id and c.id = due.id and t.tenant_id = c.tenant_id and t.id = c.template_id
       returning c.id, c.customer_id as "customerId", c.expires_at as "expiresAt", t.name`,
      [now, limit],
    );
  }
}
