// SQL of live codes, links and the welcome of those who came by none.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { Welcome } from './welcome.js';

export interface LiveCodeRow {
  id: string;
  channelId: string;
  kind: 'code' | 'link';
  name: string;
  state: string;
  employees: string[];
  skipVerify: boolean;
  corpTagIds: string[];
  welcome: Welcome | null;
  entryLinkId: string | null;
  platformId: string | null;
  url: string;
  createdAt: Date;
}

export type LiveCodeFields = Pick<LiveCodeRow, 'name' | 'employees' | 'skipVerify' | 'corpTagIds' | 'welcome' | 'entryLinkId'>;

const CODE = `id, channel_id as "channelId", kind, name, state, employees, skip_verify as "skipVerify", tag_ids as "corpTagIds", welcome, entry_link_id as "entryLinkId",
  platform_id as "platformId", url, created_at as "createdAt"`;

@Injectable()
export class LiveCodesRepository {
  constructor(private readonly db: TenantDb) {}

  list(channelId: string): Promise<(LiveCodeRow & { contacts: number })[]> {
    return this.db.query(
      `select ${CODE}, (select count(distinct x.external_id) from contacts x where x.tenant_id = c.tenant_id and x.channel_id = c.channel_id and x.state = c.state) as contacts
       from live_codes c where channel_id = $1 and deleted_at is null order by created_at desc, id desc limit 500`, [channelId]);
  }

  find(id: string): Promise<LiveCodeRow | undefined> {
    return this.db.one<LiveCodeRow>(`select ${CODE} from live_codes where id = $1 and deleted_at is null`, [id]);
  }

  /** Deleted ones too: whoever scanned one just before still came by it. */
  byStates(channelId: string, states: readonly string[]): Promise<LiveCodeRow[]> {
    return this.db.query<LiveCodeRow>(`select ${CODE} from live_codes where channel_id = $1 and state = any($2)`, [channelId, states]);
  }

  async insert(row: { id: string; channelId: string; kind: 'code' | 'link'; state: string }, fields: LiveCodeFields): Promise<void> {
    await this.db.exec(
      `insert into live_codes (tenant_id, id, channel_id, kind, state, name, employees, skip_verify, tag_ids, welcome, entry_link_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [currentTenantId(), row.id, row.channelId, row.kind, row.state, ...values(fields)]);
  }

  async made(id: string, at: { id: string; url: string }): Promise<void> {
    await this.db.exec('update live_codes set platform_id = $2, url = $3 where id = $1', [id, at.id, at.url]);
  }

  async forget(id: string): Promise<void> {
    await this.db.exec('delete from live_codes where id = $1 and platform_id is null', [id]);
  }

  async update(id: string, fields: LiveCodeFields): Promise<void> {
    await this.db.exec('update live_codes set name = $2, employees = $3, skip_verify = $4, tag_ids = $5, welcome = $6, entry_link_id = $7 where id = $1', [id, ...values(fields)]);
  }

  async delete(id: string): Promise<void> {
    await this.db.exec('update live_codes set deleted_at = coalesce(deleted_at, now()) where id = $1', [id]);
  }

  async hasEntryLink(id: string): Promise<boolean> {
    return (await this.db.one('select 1 from entry_links where id = $1', [id])) !== undefined;
  }

  async welcome(channelId: string): Promise<Welcome | undefined> {
    return (await this.db.one<{ welcome: Welcome }>('select welcome from contact_welcomes where channel_id = $1', [channelId]))?.welcome;
  }

  async setWelcome(channelId: string, welcome: Welcome | undefined): Promise<void> {
    if (welcome === undefined) await this.db.exec('delete from contact_welcomes where channel_id = $1', [channelId]);
    else
      await this.db.exec(
        'insert into contact_welcomes (tenant_id, channel_id, welcome) values ($1, $2, $3) on conflict (tenant_id, channel_id) do update set welcome = excluded.welcome',
        [currentTenantId(), channelId, JSON.stringify(welcome)]);
  }
}

const values = ({ name, employees, skipVerify, corpTagIds, welcome, entryLinkId }: LiveCodeFields): unknown[] =>
  [name, employees, skipVerify, corpTagIds, welcome === null ? null : JSON.stringify(welcome), entryLinkId];
