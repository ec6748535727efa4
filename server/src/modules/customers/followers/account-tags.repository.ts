// SQL of official accounts' tags and ours.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface AccountTagRow {
  channelId: string;
  externalId: number;
  name: string;
  count: number;
  tagId: string | null;
}

const TAG = 'channel_id as "channelId", external_id as "externalId", name, count, tag_id as "tagId"';

@Injectable()
export class AccountTagsRepository {
  constructor(private readonly db: TenantDb) {}

  list(channelId: string): Promise<AccountTagRow[]> {
    return this.db.query<AccountTagRow>(`select ${TAG} from account_tags where channel_id = $1 order by name, external_id`, [channelId]);
  }

  find(channelId: string, tagId: string): Promise<AccountTagRow | undefined> {
    return this.db.one<AccountTagRow>(`select ${TAG} from account_tags where channel_id = $1 and tag_id = $2`, [channelId, tagId]);
  }

  /** The platform's list as it stands; what is no longer in it goes. */
  async replace(channelId: string, tags: readonly { id: number; name: string; count: number }[]): Promise<void> {
    await this.db.exec('delete from account_tags where channel_id = $1 and not external_id = any($2)', [channelId, tags.map((tag) => tag.id)]);
    await this.db.exec(
      `insert into account_tags (tenant_id, channel_id, external_id, name, count) select app.current_tenant(), $1, t.id, t.name, t.count
       from jsonb_to_recordset($2::jsonb) as t(id int, name text, count bigint)
       on conflict (tenant_id, channel_id, external_id) do update set name = excluded.name, count = excluded.count, synced_at = now()`,
      [channelId, JSON.stringify(tags)]);
  }

  async map(channelId: string, externalId: number, tagId: string): Promise<void> {
    await this.db.exec('update account_tags set tag_id = $3 where channel_id = $1 and external_id = $2', [channelId, externalId, tagId]);
  }

  async tagIdByName(name: string): Promise<string | undefined> {
    return (await this.db.one<{ id: string }>('select id from tags where name = $1', [name]))?.id;
  }

  async tagName(id: string): Promise<string | undefined> {
    return (await this.db.one<{ name: string }>('select name from tags where id = $1', [id]))?.name;
  }

  /** Gives our tags to the followers who have theirs at the account; only these followers, or all. */
  async adopt(channelId: string, openids?: readonly string[]): Promise<number> {
    return this.db.exec(
      `insert into customer_tags (tenant_id, tag_id, customer_id)
       select distinct f.tenant_id, a.tag_id, i.customer_id from followers f
       join account_tags a on a.tenant_id = f.tenant_id and a.channel_id = f.channel_id and a.external_id = any(f.tag_ids) and a.tag_id is not null
       join identities i on i.tenant_id = f.tenant_id and i.channel_id = f.channel_id and i.kind = 'openid' and i.external_id = f.openid
       where f.channel_id = $1 and ($2::text[] is null or f.openid = any($2)) on conflict do nothing`,
      [channelId, openids ?? null]);
  }

  /** Followers who have our tag and, as far as we know, not yet the account's. */
  async lacking(channelId: string, tag: { tagId: string; externalId: number }, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ openid: string }>(
      `select f.openid from followers f
       join identities i on i.tenant_id = f.tenant_id and i.channel_id = f.channel_id and i.kind = 'openid' and i.external_id = f.openid and i.revoked_at is null
       join customer_tags c on c.tenant_id = f.tenant_id and c.customer_id = i.customer_id and c.tag_id = $2
       where f.channel_id = $1 and f.is_following and not $3 = any(f.tag_ids) order by f.openid limit $4`,
      [channelId, tag.tagId, tag.externalId, limit]);
    return rows.map((row) => row.openid);
  }

  async notePut(channelId: string, externalId: number, openids: readonly string[]): Promise<void> {
    await this.db.exec('update followers set tag_ids = tag_ids || $2::int where channel_id = $1 and openid = any($3) and not $2 = any(tag_ids)', [channelId, externalId, openids]);
  }
}
