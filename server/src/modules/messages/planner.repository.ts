// The planner's statements: what the verdict says, and what becomes of it.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { hasOwnPermits, type ChannelSettings } from './allowance.js';
import { verdictStatement, type PlanQuestion, type Statement } from './plan-sql.js';
import { isBatchKind, type DispatchSpec, type PlanReason, type RungVerdict } from './plan.js';

/** People of one fate. `state` null: they wanted a permit that somebody else took meanwhile; ask again. */
export interface PlanTally {
  state: 'planned' | 'skipped' | 'held_back' | null;
  chosen: number | null;
  reason: PlanReason | null;
  count: number;
}

export interface PersonVerdict {
  isHeld: boolean;
  chosen: number | null;
  reason: PlanReason | null;
  considered: RungVerdict[];
}

// Locked in one order for everybody, then taken only where something is left: the row count is the answer.
const take = (now: string, isOwned: boolean): string => `
  , wanted as (
    select identity_id, permit_kind as kind, permit_scope as scope from verdict where not is_held and chosen is not null and is_limited${isOwned ? ' and not is_new' : ''}
  ), locked as materialized (
    select p.identity_id, p.kind, p.scope from permits p join wanted w on w.identity_id = p.identity_id and w.kind = p.kind and w.scope = p.scope
    where p.remaining > 0 order by 1, 2, 3 for update of p
  ), taken as (
    update permits p set remaining = p.remaining - 1, updated_at = ${now}
    from locked l where p.identity_id = l.identity_id and p.kind = l.kind and p.scope = l.scope and p.remaining > 0
    returning p.identity_id, p.kind, p.scope
  )${isOwned ? GRANT(now) : ''}, fated as materialized (
    select v.*, case when v.is_held then 'held_back' when v.chosen is null then 'skipped' when not v.is_limited or t.identity_id is not null then 'planned' end as state
    from verdict v left join ${isOwned ? '(select * from taken union all select identity_id, kind, scope from granted)' : 'taken'} t on t.identity_id = v.identity_id and t.kind = v.permit_kind and t.scope = v.permit_scope
  )`;

// What the calendar grants is entered with the first message of the period, one send taken from it at once. Who meets another planner here is asked again.
const GRANT = (now: string): string => `, granted as (
    insert into permits (tenant_id, identity_id, kind, scope, granted, remaining, opened_at, expires_at, updated_at)
    select app.current_tenant(), identity_id, permit_kind, permit_scope, own_sends, own_sends - 1, ${now}, own_until, ${now}
    from verdict where not is_held and chosen is not null and is_new order by identity_id
    on conflict do nothing returning identity_id, kind, scope, granted as sends
  ), credited as (
    insert into permit_credits (tenant_id, id, channel_id, identity_id, kind, scope, change, reason, source_key, reported_by, evidence, occurred_at)
    select app.current_tenant(), app.new_id(), i.channel_id, g.identity_id, g.kind, g.scope, g.sends, 'period_began', 'period:' || g.identity_id || ':' || g.kind || ':' || g.scope, 'system', '{}', ${now}
    from granted g join identities i on i.id = g.identity_id
  )`;

const TALLY = 'select state, chosen, reason, count(*)::int as count from fated group by 1, 2, 3';

@Injectable()
export class PlannerRepository {
  constructor(private readonly db: TenantDb) {}

  /** One planner of a merchant at a time, so that two dispatches cannot both see room under a person's cap. */
  async lock(): Promise<void> {
    await this.db.query(`select pg_advisory_xact_lock(hashtextextended('messages.plan' || app.current_tenant(), 0))`);
  }

  async shop(): Promise<{ name: string; zone: string; slug: string }> {
    const row = await this.db.one<{ name: string; zone: string; slug: string }>('select name, timezone as zone, slug from tenants where id = app.current_tenant()');
    return row ?? { name: '', zone: 'Asia/Shanghai', slug: '' };
  }

  /** Which of these channels are mini programs. */
  async miniPrograms(channelIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.db.query<{ id: string }>(`select id from channels where id = any($1::uuid[]) and platform = 'wechat_mini_program'`, [channelIds]);
    return new Set(rows.map((row) => row.id));
  }

  /** Settings of the channels that a ladder's group sends go through: the corp's own rule is among them. */
  async settingsOf(spec: DispatchSpec): Promise<Map<string, ChannelSettings> | undefined> {
    const ids = spec.contents.filter(({ kind }) => isBatchKind(kind)).map(({ channelId }) => channelId);
    if (ids.length === 0) return undefined;
    const rows = await this.db.query<{ id: string; settings: ChannelSettings }>('select id, settings from channels where id = any($1::uuid[])', [ids]);
    return new Map(rows.map((row) => [row.id, row.settings]));
  }

  /** Reserves permits and writes the messages of everybody who has none yet. */
  plan(question: PlanQuestion): Promise<PlanTally[]> {
    const statement = verdictStatement(question);
    const { use } = statement;
    const now = use(question.now, 'timestamptz');
    return this.run(statement, `${take(now, hasOwnPermits(question.spec.contents))}
      , written as (
        insert into messages (tenant_id, id, dispatch_id, purpose, customer_id, identity_id, channel_id, kind, scope, content_index, arm, state, reason, considered, due_at, created_at)
        select app.current_tenant(), app.new_id(), ${use(question.spec.dispatchId, 'uuid')}, ${use(question.spec.purpose, 'text')}, customer_id,
          case when state = 'planned' then identity_id end, case when state = 'planned' then channel_id end,
          case when state = 'planned' then permit_kind end, case when state = 'planned' then permit_scope end, chosen,
          case when is_held then 'holdout' else 'send' end, state, case when state = 'skipped' then reason end, considered, ${use(question.dueAt, 'timestamptz')}, ${now}
        from fated where state is not null
      ) ${TALLY}`);
  }

  /** Gives refused messages of these people a later rung, where one is permitted. The refused rung stays in `considered`. */
  reroute(question: PlanQuestion & { rerouteFrom: number }): Promise<PlanTally[]> {
    const statement = verdictStatement(question);
    const { use } = statement;
    return this.run(statement, `${take(use(question.now, 'timestamptz'), hasOwnPermits(question.spec.contents))}
      , written as (
        update messages m set considered = ${MERGED(use(question.rerouteFrom, 'int'))},
          state = case f.state when 'planned' then 'planned' else m.state end, reason = case f.state when 'planned' then null else m.reason end,
          identity_id = case f.state when 'planned' then f.identity_id else m.identity_id end, channel_id = case f.state when 'planned' then f.channel_id else m.channel_id end,
          kind = case f.state when 'planned' then f.permit_kind else m.kind end, scope = case f.state when 'planned' then f.permit_scope else m.scope end,
          content_index = case f.state when 'planned' then f.chosen else m.content_index end, due_at = ${use(question.dueAt, 'timestamptz')}, attempts = 0, batch_id = case f.state when 'planned' then null else m.batch_id end
        from fated f where m.dispatch_id = ${use(question.spec.dispatchId, 'uuid')} and m.customer_id = f.customer_id and m.state = 'refused' and f.state is not null
      ) ${TALLY}`);
  }

  /** What planning would do now, without doing it. */
  async forecast(question: PlanQuestion): Promise<{ tallies: PlanTally[]; permitsBefore: number; permitsTaken: number; exhausted: number }> {
    const statement = verdictStatement(question);
    const now = statement.use(question.now, 'timestamptz');
    // What the calendar will grant counts as if it stood there already.
    const isOwned = hasOwnPermits(question.spec.contents);
    const fresh = isOwned ? `(case when f.is_new then f.own_sends else 0 end)` : '0';
    const [row] = await this.db.query<{ tallies: PlanTally[] | null; before: number; taken: number; exhausted: number }>(
      `${statement.sql}, fated as materialized (
         select v.*, case when v.is_held then 'held_back' when v.chosen is null then 'skipped' else 'planned' end as state from verdict v
       ), pool as (
         select a.id as customer_id, sum(p.remaining) as n, bool_or(p.remaining is null) as is_unlimited
         from audience a join identities i on i.customer_id = a.id and i.revoked_at is null
         join permits p on p.identity_id = i.id and (p.remaining is null or p.remaining > 0) and (p.expires_at is null or p.expires_at > ${now})
         group by 1
       )
       select (select jsonb_agg(t) from (${TALLY}) t) as tallies,
         (select coalesce(sum(n), 0)::bigint from pool)${isOwned ? ` + (select coalesce(sum(own_sends), 0)::bigint from fated where state = 'planned' and is_new)` : ''} as before,
         (select count(*) from fated where state = 'planned' and is_limited) as taken,
         (select count(*) from fated f left join pool l on l.customer_id = f.customer_id where f.state = 'planned' and f.is_limited and coalesce(l.n, 0) + ${fresh} <= 1 and l.is_unlimited is not true) as exhausted`,
      statement.params);
    return { tallies: row?.tallies ?? [], permitsBefore: row?.before ?? 0, permitsTaken: row?.taken ?? 0, exhausted: row?.exhausted ?? 0 };
  }

  async verdictOf(question: PlanQuestion): Promise<PersonVerdict | undefined> {
    const statement = verdictStatement(question);
    return this.db.one<PersonVerdict>(`${statement.sql} select is_held as "isHeld", chosen, reason, considered from verdict`, statement.params);
  }

  private run(statement: Statement, rest: string): Promise<PlanTally[]> {
    return this.db.query<PlanTally>(statement.sql + rest, statement.params);
  }
}

/** What was considered before the refusal, with the refused rung marked, followed by what was considered now. */
const MERGED = (from: string): string => `coalesce((
    select jsonb_agg(case when e->>'verdict' = 'chosen' then e || jsonb_build_object('verdict', 'refused', 'reason', m.reason) else e end order by (e->>'index')::int)
    from jsonb_array_elements(m.considered) e where (e->>'index')::int < ${from}), '[]') || f.considered`;
