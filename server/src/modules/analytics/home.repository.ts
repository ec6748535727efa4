// SQL of the home page: read only, set-based, three statements over the tables of record.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';

export interface HomeFigures {
  customers: number;
  newCustomers7d: number;
  permitsRemaining: number;
  permitsEarned7d: number;
  claims7d: number;
  redeemed7d: number;
  returned7d: number;
  revenue7dFen: number;
  openWindows: number;
  drift: number;
  unknownMessages: number;
}
export interface DailyPoint {
  /** yyyy-mm-dd in the tenant's zone. */
  day: string;
  visits: number;
  claims: number;
  accepts: number;
  redeemed: number;
}
export interface Funnel {
  visited: number;
  claimed: number;
  accepted: number;
  recalled: number;
  returned: number;
  redeemed: number;
}

/** A visit or redemption counts as a return when it comes at most so many days after the message. */
const RETURN_DAYS = 7;

// Every recall that was sent since the instant, with the visits and redemptions that followed it within the return days.
const recallsSince = (param: string): string => `
  recalls as materialized (
    select m.customer_id, m.sent_at, m.sent_at + make_interval(hours => ${RETURN_DAYS * 24}) as until
    from messages m where m.purpose = 'recall' and m.state = 'sent' and m.sent_at >= ${param}::timestamptz
  ), sales as materialized (
    select r.customer_id, o.redeemed_at as at from recalls r
    join redemptions o on o.customer_id = r.customer_id and o.undone_at is null and o.redeemed_at > r.sent_at and o.redeemed_at <= r.until
  ), returns as (
    select r.customer_id, t.occurred_at as at from recalls r
    join touches t on t.customer_id = r.customer_id and t.occurred_at > r.sent_at and t.occurred_at <= r.until
    union all select customer_id, at from sales
  )`;

@Injectable()
export class HomeRepository {
  constructor(private readonly db: TenantDb) {}

  /** `weekAgo` bounds the figures of the last 7 days. */
  async figures(now: Date, weekAgo: Date): Promise<HomeFigures> {
    const longAgo = new Date(weekAgo.getTime() - RETURN_DAYS * 86_400_000);
    const row = await this.db.one<HomeFigures>(
      `with ${recallsSince('$2')}
       select
         (select count(*) from customers) as customers,
         (select count(*) from customers where created_at >= $3) as "newCustomers7d",
         (select coalesce(sum(remaining), 0)::bigint from permits where remaining > 0 and kind <> 'service_window') as "permitsRemaining",
         (select count(*) from permit_credits where reason = 'accepted' and occurred_at >= $3) as "permitsEarned7d",
         (select count(*) from customer_events where type = 'coupon.claimed' and occurred_at >= $3) as "claims7d",
         (select count(*) from redemptions where undone_at is null and redeemed_at >= $3) as "redeemed7d",
         (select count(distinct customer_id) from returns where at >= $3) as "returned7d",
         (select coalesce(sum(order_fen), 0)::bigint from redemptions where undone_at is null and redeemed_at >= $3) as "revenue7dFen",
         (select count(distinct identity_id) from permits
            where kind = 'service_window' and expires_at > $1::timestamptz and (remaining is null or remaining > 0)) as "openWindows",
         (select count(*) from permit_credits where reason = 'drift') as drift,
         (select count(*) from messages where state = 'unknown') as "unknownMessages"`,
      [now, longAgo, weekAgo],
    );
    if (!row) throw new Error('The home figures came back empty.');
    return row;
  }

  /** One point per day of the tenant's calendar, today last. */
  daily(now: Date, days: number): Promise<DailyPoint[]> {
    return this.db.query<DailyPoint>(
      `with zone as (select timezone as tz from tenants where id = app.current_tenant()),
       days as (
         select d::date as day, d::timestamp at time zone z.tz as since, (d + interval '1 day')::timestamp at time zone z.tz as until
         from zone z, generate_series(date_trunc('day', $1::timestamptz at time zone z.tz) - make_interval(days => $2 - 1),
                                      date_trunc('day', $1::timestamptz at time zone z.tz), interval '1 day') as d
       ), span as (select min(since) as since, max(until) as until from days),
       facts as (
         select 'visits' as kind, t.occurred_at as at from touches t, span s where t.occurred_at >= s.since and t.occurred_at < s.until
         union all
         select 'claims', e.occurred_at from customer_events e, span s where e.type = 'coupon.claimed' and e.occurred_at >= s.since and e.occurred_at < s.until
         union all
         select 'accepts', p.occurred_at from permit_credits p, span s where p.reason = 'accepted' and p.occurred_at >= s.since and p.occurred_at < s.until
         union all
         select 'redeemed', r.redeemed_at from redemptions r, span s where r.undone_at is null and r.redeemed_at >= s.since and r.redeemed_at < s.until
       ), counted as (
         select (f.at at time zone z.tz)::date as day, f.kind, count(*) as n from facts f, zone z group by 1, 2
       )
       select to_char(d.day, 'YYYY-MM-DD') as day,
         coalesce(sum(c.n) filter (where c.kind = 'visits'), 0)::int as visits,
         coalesce(sum(c.n) filter (where c.kind = 'claims'), 0)::int as claims,
         coalesce(sum(c.n) filter (where c.kind = 'accepts'), 0)::int as accepts,
         coalesce(sum(c.n) filter (where c.kind = 'redeemed'), 0)::int as redeemed
       from days d left join counted c on c.day = d.day group by d.day order by d.day`,
      [now, days],
    );
  }

  /**
   * People per step of the loop since an instant. The last two steps are what recalls brought: who was written to and then
   * came back, and who of them redeemed; what people do unasked stands in the daily figures.
   */
  async funnel(since: Date): Promise<Funnel> {
    const row = await this.db.one<Funnel>(
      `with since as (select $1::timestamptz as at), ${recallsSince('$1')}
       select
         (select count(distinct coalesce(t.customer_id::text, t.visitor_id))::int from touches t, since s where t.occurred_at >= s.at) as visited,
         (select count(distinct e.customer_id)::int from customer_events e, since s where e.type = 'coupon.claimed' and e.occurred_at >= s.at) as claimed,
         (select count(distinct i.customer_id)::int from permit_credits p join identities i on i.id = p.identity_id, since s
            where p.reason = 'accepted' and p.occurred_at >= s.at) as accepted,
         (select count(distinct customer_id)::int from recalls) as recalled,
         (select count(distinct customer_id)::int from returns) as returned,
         (select count(distinct customer_id)::int from sales) as redeemed`,
      [since],
    );
    if (!row) throw new Error('The funnel came back empty.');
    return row;
  }
}
