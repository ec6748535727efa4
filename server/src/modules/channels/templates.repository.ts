// All SQL of message templates.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';
import type { PlatformTemplate } from './adapter.js';

export interface TemplateRow {
  id: string;
  channel_id: string;
  external_id: string;
  title: string;
  content: string;
  example: string | null;
  kind: PlatformTemplate['kind'];
  fields: PlatformTemplate['fields'];
  is_active: boolean;
}

@Injectable()
export class TemplatesRepository {
  constructor(private readonly db: TenantDb) {}

  /** Active ones first; of one channel, or of all. */
  list(channelId?: string): Promise<TemplateRow[]> {
    return this.db.query<TemplateRow>(
      'select * from message_templates where ($1::uuid is null or channel_id = $1) order by is_active desc, title, id', [channelId ?? null]);
  }

  /** One round trip for the templates of many channels. */
  listOf(channelIds: readonly string[]): Promise<TemplateRow[]> {
    return this.db.query<TemplateRow>('select * from message_templates where channel_id = any($1) order by is_active desc, title, id', [channelIds]);
  }

  byIds(ids: readonly string[]): Promise<TemplateRow[]> {
    return this.db.query<TemplateRow>('select * from message_templates where id = any($1)', [ids]);
  }

  /** Our template of the platform's id, for the many of one batch of callbacks. */
  byExternalIds(channelId: string, externalIds: readonly string[]): Promise<TemplateRow[]> {
    return this.db.query<TemplateRow>('select * from message_templates where channel_id = $1 and external_id = any($2)', [channelId, externalIds]);
  }

  /** Takes over the platform's list: new ones in, known ones renewed, those gone kept but inactive (messages point at them). */
  async replace(channelId: string, templates: readonly PlatformTemplate[]): Promise<void> {
    const rows = templates.map((one) => ({ id: newId(), ...one }));
    await this.db.exec(
      `insert into message_templates (tenant_id, id, channel_id, external_id, title, content, example, kind, fields)
       select $1, t.id, $2, t."externalId", t.title, t.content, nullif(t.example, ''), t.kind, t.fields
       from jsonb_to_recordset($3::jsonb) as t(id uuid, "externalId" text, title text, content text, example text, kind text, fields jsonb)
       on conflict (tenant_id, channel_id, external_id) do update set title = excluded.title, content = excluded.content,
         example = excluded.example, kind = excluded.kind, fields = excluded.fields, is_active = true, synced_at = now()`,
      [currentTenantId(), channelId, JSON.stringify(rows)],
    );
    await this.db.exec('update message_templates set is_active = false where channel_id = $1 and is_active and not external_id = any($2)',
      [channelId, templates.map((one) => one.externalId)]);
  }
}
