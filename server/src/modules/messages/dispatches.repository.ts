// SQL of dispatches: their settings and states, and the sums over their messages.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { releaseCtes } from '../consents/index.js';
import type { DispatchProgress, DispatchReport, DispatchSpec, DispatchState } from './plan.js';

export interface DispatchRow {
  id: string;
  state: DispatchState;
  spec: DispatchSpec;
  isSealed: boolean;
  contentFailures: number;
  stateReason: StopReason | null;
}

export interface StopReason {
  scope: 'content' | 'account';
  problem: string;
  code: number;
  contentIndex: number;
  field?: string | undefined;
}

type StoredRow = Omit<DispatchRow, 'spec'> & { spec: Omit<DispatchSpec, 'latestUsefulAt'> & { latestUsefulAt?: string } };

const COLUMNS = 'd.id, d.state, d.spec, d.is_sealed as "isSealed", d.content_failures as "contentFailures", d.state_reason as "stateReason"';
const LEFT = `select 1 from messages m where m.dispatch_id = d.id and m.state in ('planned', 'leased', 'sending', 'awaiting')`;

const opened = ({ spec, ...row }: StoredRow): DispatchRow => ({
  ...row, spec: { ...spec, latestUsefulAt: spec.latestUsefulAt === undefined ? undefined : new Date(spec.latestUsefulAt) },
});

@Injectable()
export class DispatchesRepository {
  constructor(private readonly db: TenantDb) {}

  async insert(spec: DispatchSpec): Promise<void> {
    await this.db.exec(
      `insert into dispatches (tenant_id, id, purpose, spec, latest_useful_at) values (app.current_tenant(), $1, $2, $3, $4)`,
      [spec.dispatchId, spec.purpose, JSON.stringify(spec), spec.latestUsefulAt ?? null]);
  }

  /** As `insert`, but an open one is left as it is. */
  async insertOnce(spec: DispatchSpec): Promise<void> {
    await this.db.exec(
      `insert into dispatches (tenant_id, id, purpose, spec, latest_useful_at) values (app.current_tenant(), $1, $2, $3, $4) on conflict (tenant_id, id) do nothing`,
      [spec.dispatchId, spec.purpose, JSON.stringify(spec), spec.latestUsefulAt ?? null]);
  }

  async find(id: string): Promise<DispatchRow | undefined> {
    const row = await this.db.one<StoredRow>(`select ${COLUMNS} from dispatches d where d.id = $1`, [id]);
    return row && opened(row);
  }

  /** Held against a change of state until the transaction ends: planning and cancelling wait for each other. */
  async hold(id: string): Promise<DispatchRow | undefined> {
    const row = await this.db.one<StoredRow>(`select ${COLUMNS} from dispatches d where d.id = $1 for share`, [id]);
    return row && opened(row);
  }

  /** Moves on if it stands in one of these states; undefined when it does not. */
  async move(id: string, from: readonly DispatchState[], to: DispatchState): Promise<DispatchRow | undefined> {
    const row = await this.db.one<StoredRow>(
      `update dispatches d set state = $3, state_reason = null, finished_at = case when $3 in ('done', 'cancelled') then now() end
       where d.id = $1 and d.state = any($2) returning ${COLUMNS}`, [id, from, to]);
    return row && opened(row);
  }

  async stop(id: string, reason: StopReason): Promise<boolean> {
    return (await this.db.exec(`update dispatches set state = 'stopped', state_reason = $2 where id = $1 and state = 'sending'`, [id, JSON.stringify(reason)])) > 0;
  }

  async seal(id: string): Promise<void> {
    await this.db.exec('update dispatches set is_sealed = true where id = $1', [id]);
  }

  /** Counts refusals of our content in a row; answers how many there are now. */
  async countContentFailures(id: string, streak: { isBroken: boolean; trailing: number }): Promise<number> {
    const row = await this.db.one<{ n: number }>(
      'update dispatches set content_failures = (case when $2 then 0 else content_failures end) + $3 where id = $1 returning content_failures as n',
      [id, streak.isBroken, streak.trailing]);
    return row?.n ?? 0;
  }

  /** Of these (or of all) that are sealed and sending, those with nothing left become done. */
  async finish(id?: string): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `update dispatches d set state = 'done', finished_at = now()
       where ($1::uuid is null or d.id = $1) and d.state = 'sending' and d.is_sealed and not exists (${LEFT}) returning d.id`, [id ?? null]);
    return rows.map((row) => row.id);
  }

  /** Dispatches that have something due on a channel now. */
  async due(channelId: string, now: Date): Promise<DispatchRow[]> {
    const rows = await this.db.query<StoredRow>(
      `select ${COLUMNS} from dispatches d where d.state = 'sending' and exists (
         select 1 from messages m where m.dispatch_id = d.id and m.channel_id = $1 and m.state = 'planned' and m.due_at <= $2) order by d.id`,
      [channelId, now]);
    return rows.map(opened);
  }

  /** Channels on which anything is due now. */
  async dueChannels(now: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select h.id from channels h where exists (
         select 1 from dispatches d join messages m on m.dispatch_id = d.id and m.channel_id = h.id and m.state = 'planned' and m.due_at <= $1
         where d.state = 'sending')`, [now]);
    return rows.map((row) => row.id);
  }

  /** Puts off what is due until the end of the quiet hours. */
  async defer(id: string, channelId: string, now: Date, until: Date): Promise<number> {
    return this.db.exec(
      `update messages set due_at = $4 where dispatch_id = $1 and channel_id = $2 and state = 'planned' and due_at <= $3`, [id, channelId, now, until]);
  }

  /** Ends every planned message of a dispatch and gives its permits back, in one statement. */
  async release(id: string, end: { state: 'cancelled' | 'skipped'; reason: string }, now: Date): Promise<number> {
    const row = await this.db.one<{ n: number }>(
      `with ended as (
         update messages set state = $2, reason = $3 where dispatch_id = $1 and state = 'planned' returning identity_id, kind, scope
       ), freed as materialized (select * from ended), ${releaseCtes('$4')}
       select count(*) as n from freed`, [id, end.state, end.reason, now]);
    return row?.n ?? 0;
  }

  /** Dispatches that still have planned messages although nobody needs them any more. */
  async overdue(now: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select d.id from dispatches d where d.state in ('open', 'sending', 'paused') and d.latest_useful_at < $1
         and exists (select 1 from messages m where m.dispatch_id = d.id and m.state = 'planned')`, [now]);
    return rows.map((row) => row.id);
  }

  async progress(ids: readonly string[]): Promise<Map<string, DispatchProgress>> {
    const rows = await this.db.query<{ id: string; state: string; n: number }>(
      'select dispatch_id as id, state, count(*) as n from messages where dispatch_id = any($1::uuid[]) group by 1, 2', [ids]);
    const progress = new Map(ids.map((id) => [id, { ...NONE }]));
    for (const { id, state, n } of rows) {
      const of = progress.get(id);
      if (of) of[state === 'held_back' ? 'heldBack' : (state as keyof DispatchProgress)] = n;
    }
    return progress;
  }

  async report(id: string): Promise<Omit<DispatchReport, 'byRung' | 'batches'> & { rungs: { index: number; sent: number; refused: number; tapped: number }[] }> {
    const row = await this.db.one<Omit<DispatchReport, 'byRung' | 'batches' | 'reasons'> & { reasons: DispatchReport['reasons'] | null; rungs: { index: number; sent: number; refused: number; tapped: number }[] | null }>(REPORT, [id]);
    if (!row) return { sent: 0, delivered: 0, refused: 0, tapped: 0, holdout: 0, permitsSpent: 0, drift: 0, reasons: [], rungs: [] };
    return { ...row, reasons: row.reasons ?? [], rungs: row.rungs ?? [] };
  }
}

const NONE: DispatchProgress = { planned: 0, leased: 0, sending: 0, awaiting: 0, sent: 0, unknown: 0, refused: 0, failed: 0, skipped: 0, heldBack: 0, cancelled: 0 };

// A rung that was refused and left for a later one stands in `considered`; one that was not stands in the state.
const REPORT = `
  with m as materialized (
    select state, reason, content_index, kind, receipt, tapped_at is not null as is_tapped, considered from messages where dispatch_id = $1
  ), refusals as (
    select content_index as idx, reason from m where state = 'refused'
    union all
    select (e->>'index')::int, e->>'reason' from m cross join lateral jsonb_array_elements(m.considered) e
    where m.considered @> '[{"verdict": "refused"}]' and e->>'verdict' = 'refused' and (m.state <> 'refused' or (e->>'index')::int <> m.content_index)
  ), rungs as (
    select idx, sum(sent) as sent, sum(refused) as refused, sum(tapped) as tapped from (
      select content_index as idx, count(*) filter (where state in ('sent', 'unknown')) as sent, 0 as refused, count(*) filter (where is_tapped) as tapped
      from m where content_index is not null group by 1
      union all select idx, 0, count(*), 0 from refusals group by 1) u
    group by 1
  )
  select count(*) filter (where state = 'sent') as sent, count(*) filter (where receipt = 'delivered') as delivered,
    count(*) filter (where state = 'refused') as refused, count(*) filter (where is_tapped) as tapped,
    count(*) filter (where state = 'held_back') as holdout,
    count(*) filter (where state in ('sent', 'unknown') and kind not in ('long_term_subscription', 'template_message')) as "permitsSpent",
    (select count(*) from refusals where reason in ('no_permit', 'window_closed', 'window_used_up', 'allowance_used_up')) as drift,
    (select jsonb_agg(jsonb_build_object('state', state, 'reason', reason, 'count', n) order by n desc)
      from (select state, reason, count(*) as n from m where reason is not null group by 1, 2) r) as reasons,
    (select jsonb_agg(jsonb_build_object('index', idx, 'sent', sent, 'refused', refused, 'tapped', tapped) order by idx) from rungs where idx is not null) as rungs
  from m`;
