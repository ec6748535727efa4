// SQL of the readings of contacts and of the employees they go through.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface ContactSyncRow {
  id: string;
  channelId: string;
  state: 'running' | 'done' | 'failed' | 'stopped';
  reason: 'asked' | 'daily';
  employees: string[] | null;
  place: number;
  page: number;
  cursor: string;
  seen: number;
  found: number;
  changed: number;
  lost: number;
  problem: string | null;
  startedAt: Date;
  finishedAt: Date | null;
}

export interface EmployeeRow {
  userid: string;
  isActive: boolean;
  contacts: number;
  syncedAt: Date;
}

/** What one page brought, and where to read on. */
export interface Step {
  place: number;
  cursor: string;
  seen: number;
  found: number;
  changed: number;
  lost: number;
}

const SYNC = `id, channel_id as "channelId", state, reason, employees, place, page, cursor, seen, found, changed, lost, problem, started_at as "startedAt", finished_at as "finishedAt"`;

@Injectable()
export class ContactSyncsRepository {
  constructor(private readonly db: TenantDb) {}

  /** Undefined when one is running already. */
  begin(id: string, channelId: string, reason: 'asked' | 'daily'): Promise<ContactSyncRow | undefined> {
    return this.db.one<ContactSyncRow>(
      `insert into contact_syncs (tenant_id, id, channel_id, reason) values ($1, $2, $3, $4) on conflict (tenant_id, channel_id) where state = 'running' do nothing returning ${SYNC}`,
      [currentTenantId(), id, channelId, reason],
    );
  }

  sync(id: string): Promise<ContactSyncRow | undefined> {
    return this.db.one<ContactSyncRow>(`select ${SYNC} from contact_syncs where id = $1`, [id]);
  }

  latest(channelId: string): Promise<ContactSyncRow | undefined> {
    return this.db.one<ContactSyncRow>(`select ${SYNC} from contact_syncs where channel_id = $1 order by started_at desc, id desc limit 1`, [channelId]);
  }

  /** False when another run named them already. */
  async nameEmployees(sync: ContactSyncRow, employees: readonly string[]): Promise<boolean> {
    const isFirst = (await this.db.exec(`update contact_syncs set employees = $2, problem = null where id = $1 and state = 'running' and employees is null`, [sync.id, employees])) > 0;
    if (!isFirst) return false;
    await this.db.exec('update contact_employees set is_active = false where channel_id = $1 and not userid = any($2)', [sync.channelId, employees]);
    await this.db.exec(
      `insert into contact_employees (tenant_id, channel_id, userid) select $1, $2, unnest($3::text[])
       on conflict (tenant_id, channel_id, userid) do update set is_active = true, synced_at = now()`,
      [currentTenantId(), sync.channelId, employees],
    );
    return true;
  }

  /** Moves on, unless someone else did or the reading was stopped. */
  async advance(sync: ContactSyncRow, step: Step): Promise<boolean> {
    return (await this.db.exec(
      `update contact_syncs set place = $3, cursor = $4, page = page + 1, seen = seen + $5, found = found + $6, changed = changed + $7, lost = lost + $8, problem = null
       where id = $1 and state = 'running' and page = $2`,
      [sync.id, sync.page, step.place, step.cursor, step.seen, step.found, step.changed, step.lost],
    )) > 0;
  }

  async finish(id: string, state: 'done' | 'failed', problem?: string): Promise<void> {
    await this.db.exec(`update contact_syncs set state = $2, problem = $3, finished_at = now() where id = $1 and state = 'running'`, [id, state, problem ?? null]);
  }

  async stop(channelId: string): Promise<void> {
    await this.db.exec(`update contact_syncs set state = 'stopped', finished_at = now() where channel_id = $1 and state = 'running'`, [channelId]);
  }

  async note(id: string, problem: string): Promise<void> {
    await this.db.exec('update contact_syncs set problem = $2 where id = $1', [id, problem]);
  }

  employees(channelId: string): Promise<EmployeeRow[]> {
    return this.db.query<EmployeeRow>(
      `select e.userid, e.is_active as "isActive", e.synced_at as "syncedAt",
         (select count(*) from contacts c where c.tenant_id = e.tenant_id and c.channel_id = e.channel_id and c.employee = e.userid and c.removed_at is null) as contacts
       from contact_employees e where e.channel_id = $1 order by e.is_active desc, e.userid limit 5000`, [channelId]);
  }
}
