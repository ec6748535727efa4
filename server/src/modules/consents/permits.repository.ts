// Reading the ledger: a profile's permits, the history behind them, and the proof that the books balance.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';

export interface PermitRow {
  customerId: string;
  identityId: string;
  channelId: string;
  kind: string;
  scope: string;
  templateTitle: string | null;
  granted: number;
  remaining: number | null;
  openedAt: Date | null;
  expiresAt: Date | null;
  refusedAt: Date | null;
}

export interface PermitCreditRow {
  id: string;
  kind: string;
  scope: string;
  change: number;
  reason: string;
  occurredAt: Date;
}

export interface LedgerBalance {
  permits: number;
  offBalance: number;
  drift: number;
  remaining: number;
}

// Unlimited kinds have no sum to prove.
const BALANCE = `
  with credited as (
    select identity_id, kind, scope, sum(change) as n from permit_credits group by 1, 2, 3
  ), spent as (
    select identity_id, kind, scope, count(*) as n from messages where state in ('planned', 'leased', 'sending', 'awaiting', 'sent', 'unknown') group by 1, 2, 3
  ), books as (
    select p.remaining, coalesce(c.n, 0) - coalesce(s.n, 0) as proved
    from permits p
    full join credited c on c.identity_id = p.identity_id and c.kind = p.kind and c.scope = p.scope
    full join spent s on s.identity_id = coalesce(p.identity_id, c.identity_id) and s.kind = coalesce(p.kind, c.kind) and s.scope = coalesce(p.scope, c.scope)
    where coalesce(p.kind, c.kind, s.kind) not in ('long_term_subscription', 'template_message')
  )
  select count(*) as permits, count(*) filter (where remaining is distinct from proved) as "offBalance", coalesce(sum(remaining), 0)::bigint as remaining,
    (select count(*) from permit_credits where reason = 'drift') as drift
  from books`;

@Injectable()
export class PermitsRepository {
  constructor(private readonly db: TenantDb) {}

  /** Permits of these customers that say something: those that can be spent first. */
  ofCustomers(customerIds: readonly string[]): Promise<PermitRow[]> {
    return this.db.query<PermitRow>(
      `select i.customer_id as "customerId", p.identity_id as "identityId", i.channel_id as "channelId", p.kind, p.scope, t.title as "templateTitle", p.granted, p.remaining,
         p.opened_at as "openedAt", p.expires_at as "expiresAt", p.refused_at as "refusedAt"
       from identities i join permits p on p.identity_id = i.id
       left join message_templates t on p.kind in ('one_time_subscription', 'long_term_subscription') and t.id::text = p.scope
       where i.customer_id = any($1::uuid[])
       order by (p.remaining is null or p.remaining > 0) desc, p.kind, p.expires_at, p.scope`, [customerIds]);
  }

  credits(customerId: string, limit: number): Promise<PermitCreditRow[]> {
    return this.db.query<PermitCreditRow>(
      `select c.id, c.kind, c.scope, c.change, c.reason, c.occurred_at as "occurredAt"
       from permit_credits c join identities i on i.id = c.identity_id
       where i.customer_id = $1 order by c.occurred_at desc, c.created_at desc, c.id desc limit $2`, [customerId, limit]);
  }

  /** Every balance against its credits and messages. */
  async balance(): Promise<LedgerBalance> {
    const row = await this.db.one<LedgerBalance>(BALANCE);
    return row ?? { permits: 0, offBalance: 0, drift: 0, remaining: 0 };
  }

  /** Our identity of the signed-in customer at an app; undefined when they never came through it. */
  identityAt(customerId: string, appId: string): Promise<{ identityId: string; channelId: string } | undefined> {
    return this.db.one(
      `select i.id as "identityId", i.channel_id as "channelId" from identities i join channels c on c.id = i.channel_id
       where i.customer_id = $1 and c.app_id = $2 and i.kind = 'openid' and i.revoked_at is null order by i.last_seen_at desc limit 1`, [customerId, appId]);
  }

  async platformOf(channelId: string): Promise<string> {
    return (await this.db.one<{ platform: string }>('select platform from channels where id = $1', [channelId]))?.platform ?? '';
  }

  async customerExists(customerId: string): Promise<boolean> {
    return (await this.db.one('select 1 from customers where id = $1', [customerId])) !== undefined;
  }
}
