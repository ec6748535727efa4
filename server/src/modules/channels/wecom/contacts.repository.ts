// SQL of contacts: what callbacks tell and what readings see.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import type { Contact } from '../adapters/wecom/contacts.client.js';

export interface ContactRow {
  id: string;
  externalId: string;
  employee: string;
  unionId: string | null;
  name: string;
  remark: string;
  tagIds: string[];
  state: string;
  addedAt: Date | null;
  removedAt: Date | null;
}

/** What a callback says of one pair. */
export interface ContactNews {
  externalId: string;
  employee: string;
  at: string;
  state: string;
  isHalf: boolean;
  removedBy: 'employee' | 'contact' | null;
}

export interface Stored {
  ids: string[];
  found: number;
  changed: number;
}

const CONTACT = `id, external_id as "externalId", employee, union_id as "unionId", name, remark, tag_ids as "tagIds", state, added_at as "addedAt", removed_at as "removedAt"`;
// Who deleted the employee stays a contact for the platform: only a newer friendship brings them back.
const IS_BACK = `(x.removed_by = 'employee' or f."addedAt" > x.removed_at) and x.removed_at < $5`;

@Injectable()
export class ContactsRepository {
  constructor(private readonly db: TenantDb) {}

  load(channelId: string, ids: readonly string[]): Promise<ContactRow[]> {
    return this.db.query<ContactRow>(`select ${CONTACT} from contacts where channel_id = $1 and id = any($2) order by id`, [channelId, ids]);
  }

  find(channelId: string, externalId: string): Promise<ContactRow[]> {
    return this.db.query<ContactRow>(`select ${CONTACT} from contacts where channel_id = $1 and external_id = $2 and removed_at is null order by employee`, [channelId, externalId]);
  }

  async count(channelId: string): Promise<number> {
    return (await this.db.one<{ count: number }>('select count(distinct external_id) as count from contacts where channel_id = $1 and removed_at is null', [channelId]))?.count ?? 0;
  }

  /** Stores what the platform tells of pairs. `readAt`: when it was asked; what was told by callback since then stands. */
  async store(channelId: string, facts: readonly Contact[], sight: { readAt: Date; syncId: string | null }): Promise<Stored> {
    const row = await this.db.one<Stored>(
      `with fact as (select * from jsonb_to_recordset($3::jsonb) as f(id uuid, "externalId" text, employee text, "unionId" text, name text, remark text, "tagIds" text[], state text, "addWay" int, "addedAt" timestamptz)),
       judged as (
         select f.*, (x.id is null or (x.removed_at is not null and ${IS_BACK})) as is_found,
           (x.id is not null and x.removed_at is null and (x.name, x.remark, x.tag_ids, coalesce(x.union_id, '')) is distinct from (f.name, f.remark, f."tagIds", coalesce(f."unionId", x.union_id, ''))) as is_changed
         from fact f left join contacts x on x.tenant_id = $1 and x.channel_id = $2 and x.external_id = f."externalId" and x.employee = f.employee),
       put as (
         insert into contacts as x (tenant_id, id, channel_id, external_id, employee, union_id, name, remark, tag_ids, state, add_way, added_at, sync_id)
         select $1, f.id, $2, f."externalId", f.employee, f."unionId", f.name, f.remark, f."tagIds", f.state, f."addWay", f."addedAt", $4 from judged f
         on conflict (tenant_id, channel_id, external_id, employee) do update set
           union_id = coalesce(excluded.union_id, x.union_id), name = excluded.name, remark = excluded.remark, tag_ids = excluded.tag_ids,
           state = coalesce(nullif(excluded.state, ''), x.state), add_way = excluded.add_way, sync_id = coalesce(excluded.sync_id, x.sync_id),
           removed_at = case when (x.removed_by = 'employee' or excluded.added_at > x.removed_at) and x.removed_at < $5 then null else x.removed_at end,
           removed_by = case when (x.removed_by = 'employee' or excluded.added_at > x.removed_at) and x.removed_at < $5 then null else x.removed_by end,
           added_at = excluded.added_at
         returning x.id)
       select (select coalesce(jsonb_agg(id), '[]') from put) as ids, count(*) filter (where is_found) as found, count(*) filter (where is_changed) as changed from judged`,
      [currentTenantId(), channelId, JSON.stringify(facts.map((fact) => ({ id: newId(), ...fact }))), sight.syncId, sight.readAt],
    );
    return row ?? { ids: [], found: 0, changed: 0 };
  }

  /** Enters what callbacks say, one piece of news per pair. @returns the rows concerned */
  async told(channelId: string, news: readonly ContactNews[]): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `insert into contacts as x (tenant_id, id, channel_id, external_id, employee, state, is_half, added_at, removed_at, removed_by, told_at)
       select $1, f.id, $2, f."externalId", f.employee, f.state, f."isHalf", case when f."removedBy" is null then f.at end, case when f."removedBy" is not null then f.at end, f."removedBy", f.at
       from jsonb_to_recordset($3::jsonb) as f(id uuid, "externalId" text, employee text, state text, "isHalf" boolean, at timestamptz, "removedBy" text)
       on conflict (tenant_id, channel_id, external_id, employee) do update set
         state = coalesce(nullif(excluded.state, ''), x.state), is_half = excluded.is_half, added_at = coalesce(excluded.added_at, x.added_at),
         removed_at = excluded.removed_at, removed_by = excluded.removed_by, told_at = excluded.told_at
       where x.told_at is null or x.told_at <= excluded.told_at
       returning x.id`,
      [currentTenantId(), channelId, JSON.stringify(news.map((one) => ({ id: newId(), ...one })))],
    );
    return rows.map((row) => row.id);
  }

  /** Contacts of an employee whom a whole reading did not see, and who had not come while it went on. */
  async markLost(of: { channelId: string; employee: string; syncId: string; startedAt: Date }): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `update contacts set removed_at = now(), removed_by = 'employee' where channel_id = $1 and employee = $2 and removed_at is null and sync_id is distinct from $3
         and (added_at is null or added_at < $4) and (told_at is null or told_at < $4) returning id`,
      [of.channelId, of.employee, of.syncId, of.startedAt],
    );
    return rows.map((row) => row.id);
  }

  /** We put these tags on at the platform, which raises no callback for it. */
  async noteTags(channelId: string, pair: { externalId: string; employee: string }, tagIds: readonly string[]): Promise<void> {
    await this.db.exec(
      `update contacts set tag_ids = array(select distinct unnest(tag_ids || $4::text[])) where channel_id = $1 and external_id = $2 and employee = $3`,
      [channelId, pair.externalId, pair.employee, tagIds],
    );
  }

  async noteRemark(channelId: string, pair: { externalId: string; employee: string }, remark: string): Promise<void> {
    await this.db.exec('update contacts set remark = $4 where channel_id = $1 and external_id = $2 and employee = $3', [channelId, pair.externalId, pair.employee, remark]);
  }
}
