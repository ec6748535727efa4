// The one rule of who gets what, as SQL over any audience: a chunk of a segment, one person, or those whom the platform refused.
// Forecast, preview, planning and rerouting all read the same `verdict`, so they cannot disagree.
import { WINDOW_MARGIN_SECONDS } from '@huiliu/shared';
import { hasOwnPermits, ownPermitOf, type ChannelSettings, type OwnPermit } from './allowance.js';
import { needsOf } from './content.js';
import { hasTemplate, type DispatchSpec, type PlanReason, type Rung, type SqlCondition } from './plan.js';

export interface PlanQuestion {
  spec: DispatchSpec;
  audience: SqlCondition;
  fromId?: string | undefined;
  toId?: string | undefined;
  /** Set when people who have a message already are asked again: only rungs from this one on count, and no cap, because nothing is added. */
  rerouteFrom?: number | undefined;
  /** Set for a preview: who has a message of this dispatch already is judged as if they had none. */
  isPreview?: boolean | undefined;
  now: Date;
  /** When it would be sent: now, or the end of the quiet hours. */
  dueAt: Date;
  /** The merchant's zone, for the days of the cap. */
  zone: string;
  /** Settings of the channels whose rungs have a permit by themselves. */
  settings?: ReadonlyMap<string, ChannelSettings> | undefined;
}

/** A statement under construction: text, and parameters in the order they were used. */
export interface Statement {
  sql: string;
  params: unknown[];
  use: (value: unknown, type: string) => string;
}

/** The most telling reason first: what a merchant can do most about. */
export const REASONS: readonly PlanReason[] = [
  'opted_out', 'capped', 'quiet_hours_too_late', 'variable_missing', 'channel_paused', 'no_permit', 'allowance_used_up', 'window_closed', 'no_identity',
];

/**
 * `with audience …, verdict` — verdict has a row per person: customer_id, is_held, chosen (rung or null), reason, considered (jsonb), and the
 * chosen permit as identity_id, channel_id, permit_kind, permit_scope, is_limited; with `hasOwnPermits` also is_new, own_sends and own_until: a
 * permit that has no row yet.
 */
export function verdictStatement(question: PlanQuestion): Statement {
  const params: unknown[] = [...question.audience.params];
  const use = (value: unknown, type: string): string => `$${params.push(value)}::${type}`;
  const scope = { ...question, use };
  return { params, use, sql: `with ${audienceCte(scope)}, ${rungCte(scope)}, ${bestCte(scope)}, ${verdictCtes(scope)}` };
}

type Scope = PlanQuestion & { use: Statement['use'] };

function audienceCte({ spec, audience, fromId, toId, rerouteFrom, isPreview, use, ...rest }: Scope): string {
  // Postgres refuses a parameter that no part of the statement uses.
  let used: string | undefined;
  const dispatch = (): string => (used ??= use(spec.dispatchId, 'uuid'));
  const range = [fromId ? ` and c.id > ${use(fromId, 'uuid')}` : '', toId ? ` and c.id <= ${use(toId, 'uuid')}` : ''].join('');
  const isReroute = rerouteFrom !== undefined;
  const isRecall = spec.purpose === 'recall';
  return `audience as materialized (
    select c.id, c.name is not null as has_name,
      ${isRecall ? OPTED_OUT : 'false'} as is_out,
      ${isRecall && !isReroute && spec.cap ? capped(spec.cap, dispatch(), { ...rest, use }) : 'false'} as is_capped,
      ${spec.contents.some((rung) => needsOf(rung).coupon) ? hasCoupon(use(rest.dueAt, 'timestamptz')) : 'true'} as has_coupon,
      ${isReroute ? 'false' : heldBack(dispatch(), use(spec.holdoutPercent, 'int'))} as is_held
    from customers c
    where (${audience.sql})${range}${isReroute || isPreview ? '' : ` and not exists (select 1 from messages m where m.dispatch_id = ${dispatch()} and m.customer_id = c.id)`}
  )`;
}

const OPTED_OUT = `(c.opted_out_at is not null or coalesce((
        select k.action = 'withdrawn' from consents k where k.customer_id = c.id and k.purpose = 'marketing' order by k.occurred_at desc, k.id desc limit 1), false))`;

/** The same people are held back whenever the same dispatch is asked about them. */
function heldBack(dispatch: string, percent: string): string {
  return `(hashtextextended(${dispatch}::text || c.id::text, 0) & 1048575) * 100 < 1048576::bigint * ${percent}`;
}

/** Sent in the last days (counted when a send begins), plus what other dispatches have planned. */
function capped(cap: NonNullable<DispatchSpec['cap']>, dispatch: string, { now, zone, use }: Pick<Scope, 'now' | 'zone' | 'use'>): string {
  const since = `((${use(now, 'timestamptz')} at time zone ${use(zone, 'text')})::date - ${use(cap.days, 'int')})`;
  return `(coalesce((select sum(n.count) from message_counts n where n.customer_id = c.id and n.day > ${since}), 0)
        + (select count(*) from messages w where w.customer_id = c.id and w.purpose = 'recall' and w.state in ('planned', 'leased') and w.dispatch_id <> ${dispatch})) >= ${use(cap.messages, 'int')}`;
}

const hasCoupon = (dueAt: string): string =>
  `exists (select 1 from coupons k where k.customer_id = c.id and k.state = 'claimed' and k.expires_at > ${dueAt})`;

function rungCte({ spec, rerouteFrom, dueAt, settings, use }: Scope): string {
  const rungs = spec.contents.map((rung, index) => ({ rung, index })).filter(({ index }) => index >= (rerouteFrom ?? 0));
  const column = <T>(of: (rung: Rung, index: number) => T, type: string): string => use(rungs.map(({ rung, index }) => of(rung, index)), `${type}[]`);
  const own = (rung: Rung): OwnPermit | undefined => ownPermitOf(rung, dueAt, settings?.get(rung.channelId));
  const owned = hasOwnPermits(spec.contents)
    ? { columns: `, ${column((rung) => own(rung)?.kind ?? null, 'text')}, ${column((rung) => own(rung)?.scope ?? null, 'text')}, ${column((rung) => own(rung)?.sends ?? null, 'bigint')}, ${column((rung) => own(rung)?.endsAt ?? null, 'timestamptz')}`, names: ', own_kind, own_scope, own_sends, own_until' }
    : { columns: '', names: '' };
  return `rung as materialized (
    select r.*, coalesce(h.status = 'live', false) as is_live
    from unnest(${column((_, index) => index, 'int')}, ${column((rung) => rung.kind, 'text')}, ${column((rung) => rung.channelId, 'uuid')},
      ${column((rung) => (hasTemplate(rung) ? rung.templateId : null), 'text')},
      ${column((rung) => needsOf(rung).name, 'boolean')}, ${column((rung) => needsOf(rung).coupon, 'boolean')}${owned.columns}) as r(idx, kind, channel_id, scope, needs_name, needs_coupon${owned.names})
    left join channels h on h.id = r.channel_id
  )`;
}

// `e` is the row of a rung's own permit, whatever is left in it: only where there is none may one be made.
const OWN = {
  match: ` or (r.own_kind is not null and p.kind = r.own_kind and p.scope = r.own_scope)`,
  join: `left join permits e on r.own_kind is not null and e.identity_id = i.id and e.kind = r.own_kind and e.scope = r.own_scope`,
  isNew: `(p.identity_id is null and i.id is not null and r.own_kind is not null and e.identity_id is null)`,
  order: ', e.identity_id is not null',
};

/** The best permit of each person on each rung: an unlimited one, then the one that lasts longest. */
function bestCte({ spec, dueAt, use }: Scope): string {
  const due = use(dueAt, 'timestamptz');
  const windowUntil = use(new Date(dueAt.getTime() + WINDOW_MARGIN_SECONDS * 1000), 'timestamptz');
  const isOwned = hasOwnPermits(spec.contents);
  const permit = isOwned
    ? `case when ${OWN.isNew} then r.own_kind else p.kind end as permit_kind, case when ${OWN.isNew} then r.own_scope else p.scope end as permit_scope,
      case when ${OWN.isNew} then r.own_sends is not null else p.remaining is not null end as is_limited, ${OWN.isNew} and r.own_sends is not null as is_new, r.own_sends, r.own_until`
    : 'p.kind as permit_kind, p.scope as permit_scope, p.remaining is not null as is_limited';
  return `best as (
    select distinct on (a.id, r.idx) a.id as customer_id, a.has_name, a.has_coupon, a.is_out, a.is_capped, a.is_held,
      r.idx, r.kind, r.channel_id, r.is_live, r.needs_name, r.needs_coupon,
      i.id as identity_id, ${permit}
    from audience a cross join rung r
    left join identities i on i.customer_id = a.id and i.channel_id = r.channel_id and i.revoked_at is null
    left join permits p on p.identity_id = i.id and (p.remaining is null or p.remaining > 0) and (
      (r.kind = 'window' and p.kind = 'service_window' and p.expires_at > ${windowUntil})
      or (r.kind = 'subscription' and p.kind in ('one_time_subscription', 'long_term_subscription') and p.scope = r.scope and (p.expires_at is null or p.expires_at > ${due}))${isOwned ? OWN.match : ''})
    ${isOwned ? OWN.join : ''}
    order by a.id, r.idx, p.identity_id is null${isOwned ? OWN.order : ''}, p.remaining is not null, p.expires_at desc nulls last, i.last_seen_at desc nulls last, i.id
  )`;
}

function verdictCtes({ spec, dueAt, use }: Scope): string {
  const tooLate = spec.latestUsefulAt !== undefined && dueAt > spec.latestUsefulAt;
  const reasons = use(REASONS, 'text[]');
  const chosen = (column: string): string => `(array_agg(${column}) filter (where idx = chosen))[1] as ${column}`;
  return `judged as (
    select b.*, case
      when is_out then 'opted_out'
      when is_capped then 'capped'
      when ${use(tooLate, 'boolean')} then 'quiet_hours_too_late'
      when not is_live then 'channel_paused'
      when identity_id is null then 'no_identity'
      when permit_kind is null then case when kind = 'window' then 'window_closed' when kind in ('post', 'contact_task') then 'allowance_used_up' else 'no_permit' end
      when (needs_name and not has_name) or (needs_coupon and not has_coupon) then 'variable_missing'
    end as reason from best b
  ), ranked as (
    select j.*, min(idx) filter (where reason is null) over (partition by customer_id) as chosen from judged j
  ), verdict as materialized (
    select customer_id, bool_or(is_held) as is_held, min(chosen) as chosen,
      ${chosen('identity_id')}, ${chosen('channel_id')}, ${chosen('permit_kind')}, ${chosen('permit_scope')}, ${chosen('is_limited')},${hasOwnPermits(spec.contents) ? ` ${chosen('is_new')}, ${chosen('own_sends')}, ${chosen('own_until')},` : ''}
      (${reasons})[min(array_position(${reasons}, reason)) filter (where chosen is null)] as reason,
      jsonb_agg(jsonb_strip_nulls(jsonb_build_object('index', idx, 'kind', kind, 'channelId', channel_id, 'reason', reason,
        'verdict', case when reason is not null then 'excluded' when idx = chosen then 'chosen' else 'available' end)) order by idx) as considered
    from ranked group by customer_id
  )`;
}
