// SQL of the segments and of counting who is in them.
import { Injectable } from '@nestjs/common';
import { platforms, type SegmentRule } from '@huiliu/shared';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';
import type { References } from './segment-references.js';
import { compileSegment } from './segment-sql.js';

export interface SegmentRow {
  id: string;
  name: string;
  rule: SegmentRule;
  createdAt: Date;
  updatedAt: Date;
  archivedAt: Date | null;
}

/** How a set of people can be reached; the three parts add up to `total`. */
export interface ReachSplit {
  total: number;
  now: number;
  afterPrompt: number;
  unreachable: number;
  byChannel: { channelId: string; channelName: string; kind: string; count: number }[];
}

const COLUMNS = 'id, name, rule, created_at as "createdAt", updated_at as "updatedAt", archived_at as "archivedAt"';
const SENDING_PLATFORMS = Object.entries(platforms)
  .filter(([, can]) => can.subscriptions || can.windows)
  .map(([platform]) => platform);

@Injectable()
export class SegmentsRepository {
  constructor(private readonly db: TenantDb) {}

  list(): Promise<SegmentRow[]> {
    return this.db.query<SegmentRow>(`select ${COLUMNS} from segments where archived_at is null order by id desc limit 500`);
  }

  byIds(ids: readonly string[]): Promise<SegmentRow[]> {
    return this.db.query<SegmentRow>(`select ${COLUMNS} from segments where id = any($1::uuid[])`, [ids]);
  }

  insert(name: string, rule: SegmentRule): Promise<SegmentRow | undefined> {
    return this.db.one<SegmentRow>(
      `insert into segments (tenant_id, id, name, rule) values (app.current_tenant(), $1, $2, $3)
       on conflict do nothing returning ${COLUMNS}`,
      [newId(), name, JSON.stringify(rule)],
    );
  }

  update(id: string, name: string, rule: SegmentRule): Promise<SegmentRow | undefined> {
    return this.db.one<SegmentRow>(
      `update segments set name = $2, rule = $3, updated_at = now() where id = $1 and archived_at is null returning ${COLUMNS}`,
      [id, name, JSON.stringify(rule)],
    );
  }

  async isNameTaken(id: string, name: string): Promise<boolean> {
    const other = await this.db.one('select 1 from segments where name = $2 and id <> $1 and archived_at is null', [id, name]);
    return other !== undefined;
  }

  archive(id: string): Promise<number> {
    return this.db.exec('update segments set archived_at = coalesce(archived_at, now()) where id = $1', [id]);
  }

  /** Of the ids a rule names, those that this tenant has. */
  async knownReferences(ids: References): Promise<Set<string>> {
    const rows = await this.db.query<{ id: string }>(
      `select id from tags where id = any($1::uuid[])
       union all select id from coupon_templates where id = any($2::uuid[])
       union all select id from message_templates where id = any($3::uuid[])
       union all select id from offers where id = any($4::uuid[])`,
      [ids.tagIds, ids.couponTemplateIds, ids.messageTemplateIds, ids.offerIds],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** The size of each rule, in one statement. */
  async counts(rules: readonly SegmentRule[], now: Date): Promise<number[]> {
    if (rules.length === 0) return [];
    const params: unknown[] = [];
    const selects = rules.map((rule, index) => {
      const compiled = compileSegment(rule, { now, startParam: params.length + 1 });
      params.push(...compiled.params);
      return `(select count(*) from customers c where ${compiled.sql}) as n${index}`;
    });
    const row = await this.db.one<Record<string, number>>(`select ${selects.join(', ')}`, params);
    return rules.map((_, index) => Number(row?.[`n${index}`] ?? 0));
  }

  /**
   * Size and reach of a rule, in one statement. Now: a permit that can be spent on a live channel; after a prompt: known at
   * a live channel without one; else unreachable. Who opted out is unreachable whatever the ledger says.
   */
  async reach(rule: SegmentRule, now: Date): Promise<ReachSplit> {
    const compiled = compileSegment(rule, { now, startParam: 3 });
    const row = await this.db.one<{ total: number; now: number; known: number; byChannel: ReachSplit['byChannel'] | null }>(reachSql(compiled.sql), [
      now, SENDING_PLATFORMS, ...compiled.params,
    ]);
    const [total, reachable, known] = [Number(row?.total ?? 0), Number(row?.now ?? 0), Number(row?.known ?? 0)];
    return { total, now: reachable, afterPrompt: known - reachable, unreachable: total - known, byChannel: row?.byChannel ?? [] };
  }

  /** Some people of the segment, newest first. */
  async sample(rule: SegmentRule, now: Date, first: number): Promise<string[]> {
    const compiled = compileSegment(rule, { now, startParam: 2 });
    const rows = await this.db.query<{ id: string }>(
      `select c.id from customers c where ${compiled.sql} order by c.id desc limit $1`,
      [first, ...compiled.params],
    );
    return rows.map((row) => row.id);
  }
}

function reachSql(condition: string): string {
  return `
    with audience as materialized (
      select c.id, c.opted_out_at is not null as is_out from customers c where ${condition}
    ), held as materialized (
      select a.id, i.channel_id, p.kind
      from audience a
      join identities i on i.customer_id = a.id and i.revoked_at is null
      join channels ch on ch.id = i.channel_id and ch.status = 'live' and ch.platform = any($2::text[])
      left join permits p on p.identity_id = i.id
        and (p.remaining is null or p.remaining > 0) and (p.expires_at is null or p.expires_at > $1::timestamptz)
      where not a.is_out
    ), people as (
      select id, bool_or(kind is not null) as reachable from held group by id
    ), by_channel as (
      select h.channel_id, h.kind, count(distinct h.id) as people from held h where h.kind is not null group by 1, 2
    )
    select (select count(*) from audience) as total,
           (select count(*) from people where reachable) as now,
           (select count(*) from people) as known,
           (select jsonb_agg(jsonb_build_object('channelId', b.channel_id, 'channelName', ch.name, 'kind', b.kind, 'count', b.people)
                             order by b.people desc, ch.name, b.kind)
            from by_channel b join channels ch on ch.id = b.channel_id) as "byChannel"`;
}
