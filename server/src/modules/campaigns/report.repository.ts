// SQL of what came of a campaign: who came back and what they bought, in the sent arm and in the held-back arm.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';

export interface ArmOutcome {
  people: number;
  returned: number;
  redeemed: number;
  revenueFen: number;
}
export interface Outcomes {
  sent: ArmOutcome;
  holdout: ArmOutcome;
}

const NONE: ArmOutcome = { people: 0, returned: 0, redeemed: 0, revenueFen: 0 };

@Injectable()
export class ReportRepository {
  constructor(private readonly db: TenantDb) {}

  /**
   * Both arms by the same clock: from the moment the message went out (for the held back: was due) for `days` times 24 hours.
   * Held back counts only who would have been reached (the planner notes the rung they would have had): like against like.
   * Returned: a visit by any link, or a redemption at the till. Redemptions that were undone do not count.
   */
  async outcomes(campaignId: string, days: number): Promise<Outcomes> {
    const rows = await this.db.query<ArmOutcome & { state: 'sent' | 'held_back' }>(
      `with people as materialized (
         select m.id, m.customer_id, m.state, coalesce(m.sent_at, m.due_at) as since,
                coalesce(m.sent_at, m.due_at) + make_interval(hours => $2 * 24) as until
         from messages m where m.dispatch_id = $1 and (m.state = 'sent' or (m.state = 'held_back' and m.content_index is not null))
       ), visits as (
         select distinct p.id from people p
         join touches t on t.customer_id = p.customer_id and t.occurred_at > p.since and t.occurred_at <= p.until
       ), sales as (
         select p.id, sum(coalesce(r.order_fen, 0))::bigint as fen from people p
         join redemptions r on r.customer_id = p.customer_id and r.undone_at is null and r.redeemed_at > p.since and r.redeemed_at <= p.until
         group by p.id
       )
       select p.state, count(*)::int as people, count(coalesce(v.id, s.id))::int as returned, count(s.id)::int as redeemed,
              coalesce(sum(s.fen), 0)::bigint as "revenueFen"
       from people p left join visits v on v.id = p.id left join sales s on s.id = p.id
       group by p.state`,
      [campaignId, days],
    );
    const arm = (state: string): ArmOutcome => rows.find((row) => row.state === state) ?? NONE;
    return { sent: arm('sent'), holdout: arm('held_back') };
  }
}
