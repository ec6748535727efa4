// SQL of a corp's tags and ours.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface CorpTagRow {
  channelId: string;
  externalId: string;
  name: string;
  group: string;
  tagId: string | null;
}

/** A contact who lacks a tag, for one of their employees. */
export interface LackingPair {
  id: string;
  externalId: string;
  employee: string;
}

const TAG = 'channel_id as "channelId", external_id as "externalId", name, group_name as "group", tag_id as "tagId"';

@Injectable()
export class CorpTagsRepository {
  constructor(private readonly db: TenantDb) {}

  list(channelId: string): Promise<CorpTagRow[]> {
    return this.db.query<CorpTagRow>(`select ${TAG} from corp_tags where channel_id = $1 order by group_name, name, external_id`, [channelId]);
  }

  find(channelId: string, tagId: string): Promise<CorpTagRow | undefined> {
    return this.db.one<CorpTagRow>(`select ${TAG} from corp_tags where channel_id = $1 and tag_id = $2`, [channelId, tagId]);
  }

  /** The corp's list as it stands; what is no longer in it goes. */
  async replace(channelId: string, tags: readonly { id: string; name: string; groupId: string; groupName: string }[]): Promise<void> {
    await this.db.exec('delete from corp_tags where channel_id = $1 and not external_id = any($2)', [channelId, tags.map((tag) => tag.id)]);
    await this.add(channelId, tags);
  }

  async add(channelId: string, tags: readonly { id: string; name: string; groupId: string; groupName: string }[]): Promise<void> {
    await this.db.exec(
      `insert into corp_tags (tenant_id, channel_id, external_id, name, group_id, group_name)
       select app.current_tenant(), $1, t.id, t.name, t."groupId", t."groupName" from jsonb_to_recordset($2::jsonb) as t(id text, name text, "groupId" text, "groupName" text)
       on conflict (tenant_id, channel_id, external_id) do update set name = excluded.name, group_id = excluded.group_id, group_name = excluded.group_name, synced_at = now()`,
      [channelId, JSON.stringify(tags)]);
  }

  /** False when another of theirs means our tag already. */
  async map(channelId: string, externalId: string, tagId: string): Promise<boolean> {
    return (await this.db.exec(
      `update corp_tags set tag_id = $3 where channel_id = $1 and external_id = $2 and not exists (select 1 from corp_tags x where x.channel_id = $1 and x.tag_id = $3)`,
      [channelId, externalId, tagId])) > 0;
  }

  async tagIdByName(name: string): Promise<string | undefined> {
    return (await this.db.one<{ id: string }>('select id from tags where name = $1', [name]))?.id;
  }

  async tagName(id: string): Promise<string | undefined> {
    return (await this.db.one<{ name: string }>('select name from tags where id = $1', [id]))?.name;
  }

  /** Gives our tags to the people whom some employee of theirs gave the corp's; only these contacts, or all. */
  adopt(channelId: string, externalIds?: readonly string[]): Promise<number> {
    return this.db.exec(
      `insert into customer_tags (tenant_id, tag_id, customer_id)
       select distinct c.tenant_id, g.tag_id, i.customer_id from contacts c
       join corp_tags g on g.tenant_id = c.tenant_id and g.channel_id = c.channel_id and g.external_id = any(c.tag_ids) and g.tag_id is not null
       join identities i on i.tenant_id = c.tenant_id and i.channel_id = c.channel_id and i.kind = 'external_userid' and i.external_id = c.external_id
       where c.channel_id = $1 and c.removed_at is null and ($2::text[] is null or c.external_id = any($2)) on conflict do nothing`,
      [channelId, externalIds ?? null]);
  }

  /** Pairs after `after` whose contact has our tag and, as far as we know, not yet the corp's. */
  lacking(channelId: string, tag: { tagId: string; externalId: string }, after: string | undefined, limit: number): Promise<LackingPair[]> {
    return this.db.query<LackingPair>(
      `select c.id, c.external_id as "externalId", c.employee from contacts c
       join identities i on i.tenant_id = c.tenant_id and i.channel_id = c.channel_id and i.kind = 'external_userid' and i.external_id = c.external_id and i.revoked_at is null
       join customer_tags t on t.tenant_id = c.tenant_id and t.customer_id = i.customer_id and t.tag_id = $2
       where c.channel_id = $1 and c.removed_at is null and not c.is_half and not $3 = any(c.tag_ids) and ($4::uuid is null or c.id > $4) order by c.id limit $5`,
      [channelId, tag.tagId, tag.externalId, after ?? null, limit]);
  }

  /** Those of these people whom no employee has any more. */
  async gone(channelId: string, externalIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select x.id from unnest($2::text[]) as x(id) where not exists (select 1 from contacts c where c.channel_id = $1 and c.external_id = x.id and c.removed_at is null)`, [channelId, externalIds]);
    return rows.map((row) => row.id);
  }
}
