// Message templates of a channel: taken over from the platform, looked up by the modules above.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { PlatformResult, PlatformTemplate } from './adapter.js';
import type { OpenChannel } from './channel-access.service.js';
import { TemplatesRepository, type TemplateRow } from './templates.repository.js';
import { ChannelTokens } from './tokens/channel-tokens.service.js';

@Injectable()
export class TemplatesService {
  constructor(private readonly db: TenantDb, private readonly repository: TemplatesRepository, private readonly tokens: ChannelTokens) {}

  list(channelId?: string): Promise<TemplateRow[]> {
    return this.db.read(() => this.repository.list(channelId));
  }

  /** For a loader: one round trip for many channels. */
  listOf(channelIds: readonly string[]): Promise<TemplateRow[]> {
    return this.db.read(() => this.repository.listOf(channelIds));
  }

  /** Ours by our ids; those that are not there are left out. */
  byIds(ids: readonly string[]): Promise<TemplateRow[]> {
    return this.db.read(() => this.repository.byIds(ids));
  }

  /** Ours by the platform's ids. */
  byExternalIds(channelId: string, externalIds: readonly string[]): Promise<TemplateRow[]> {
    return this.db.read(() => this.repository.byExternalIds(channelId, externalIds));
  }

  /** Asks the platform and takes its list over. Not inside a write. */
  async sync(channel: OpenChannel): Promise<PlatformResult<PlatformTemplate[]>> {
    const listed = await this.fetch(channel);
    if (listed.ok) await this.db.write(() => this.repository.replace(channel.row.id, listed.value));
    return listed;
  }

  private async fetch(channel: OpenChannel): Promise<PlatformResult<PlatformTemplate[]>> {
    const held = await this.tokens.take(channel);
    if (!held.ok) return held;
    const listed = await channel.adapter.listTemplates(held.value.token);
    if (listed.ok || listed.kind !== 'token_expired') return listed;
    const other = await this.tokens.replace(channel, held.value);
    return other.ok ? channel.adapter.listTemplates(other.value.token) : other;
  }
}
