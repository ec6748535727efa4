// The part of a statement that gives reserved sends back. It lives here, beside the ledger, and rides in the statements of messages,
// because a message's new state and its permit's new balance must become true together.

/**
 * Common table expressions to append after one named `freed(identity_id, kind, scope)`, a row per message that will never be sent.
 * What is freed goes back to its permit; when the permit's time is over, it is written off with a credit instead.
 * @param now the parameter that holds the present, for example `$1`
 */
export function releaseCtes(now: string): string {
  return `
  freed_sum as materialized (
    select identity_id, kind, scope, count(*) as n from freed where identity_id is not null group by 1, 2, 3
  ), freed_permit as materialized (
    select p.identity_id, p.kind, p.scope, f.n, coalesce(p.expires_at <= ${now}::timestamptz, false) as is_over
    from permits p join freed_sum f on f.identity_id = p.identity_id and f.kind = p.kind and f.scope = p.scope
    where p.remaining is not null and p.kind not in ('long_term_subscription', 'template_message')
    order by 1, 2, 3 for update of p
  ), given_back as (
    update permits p set remaining = p.remaining + f.n, updated_at = ${now}::timestamptz
    from freed_permit f
    where p.identity_id = f.identity_id and p.kind = f.kind and p.scope = f.scope and not f.is_over
  ), written_off as (
    insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, reported_by, evidence, occurred_at)
    select app.current_tenant(), k.id, i.channel_id, f.identity_id, f.kind, f.scope, -f.n, 'released_too_late', 'late:' || k.id, 'system', '{}', ${now}::timestamptz
    from freed_permit f join identities i on i.id = f.identity_id cross join lateral (select app.new_id() as id where f.n > 0) k
    where f.is_over
  )`;
}
