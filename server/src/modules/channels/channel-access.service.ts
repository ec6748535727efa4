// Opens a channel for use: row, secrets, adapter. Kept for a few seconds, because every callback and every send asks.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { Clock } from '../../core/clock.js';
import { currentTenantId } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { invalid, notFound } from '../../core/errors/app-error.js';
import type { ChannelAdapter, ChannelCredentials, ChannelIdentity } from './adapter.js';
import { adapterFactory } from './adapters/index.js';
import { isSealedByOldKey, openCredentials, sealCredentials } from './channel.secrets.js';
import { ChannelsRepository, type ChannelRow } from './channels.repository.js';
import { PlatformHttpClient } from './platform-http.client.js';
import { isWecom } from './quotas/platform.codes.js';
import { QuotaMeter } from './quotas/quota-meter.service.js';

export interface OpenChannel {
  tenantId: string;
  row: ChannelRow;
  adapter: ChannelAdapter;
}

const KEEP_MS = 5_000;
const KEEP_AT_MOST = 5_000;
const NO_CREDENTIALS: ChannelCredentials = { appSecret: '', callbackToken: '', encodingAesKey: '' };

@Injectable()
export class ChannelAccess {
  private readonly kept = new Map<string, { open: OpenChannel; at: number }>();
  private readonly loading = new Map<string, Promise<OpenChannel | undefined>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: ChannelsRepository,
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly http: PlatformHttpClient,
    private readonly meter: QuotaMeter,
  ) {}

  /** In system scope, for a callback; undefined when there is no such channel or it was disconnected. */
  async forCallback(channelId: string): Promise<OpenChannel | undefined> {
    const open = this.fresh(channelId) ?? (await this.loadOnce(channelId));
    return open?.row.status === 'disconnected' ? undefined : open;
  }

  /** In the current tenant. @throws not_found for another tenant's channel and for none. */
  async forUse(channelId: string): Promise<OpenChannel> {
    const open = this.fresh(channelId) ?? this.keep(await this.db.read(() => this.repository.find(channelId)));
    if (open === undefined || open.tenantId !== currentTenantId()) throw notFound('channel', channelId);
    return open;
  }

  /** After a change in this process; other processes see it within five seconds. */
  forget(channelId: string): void {
    this.kept.delete(channelId);
  }

  /** True when the kept copy is older than a second: worth reading again before a callback is refused. */
  isStale(channelId: string): boolean {
    const kept = this.kept.get(channelId);
    return kept !== undefined && Date.now() - kept.at > 1_000;
  }

  /** An adapter over credentials that are not stored yet, to try them first. @throws INVALID for a platform without adapter. */
  adapterFor(channel: ChannelIdentity, platform: string, credentials: ChannelCredentials): ChannelAdapter {
    const factory = adapterFactory(platform);
    if (factory === undefined) throw invalid('platform', 'not_connectable', `The platform ${platform} cannot be connected.`, { platform });
    const apiBase = isWecom(platform) ? this.config.wecomApiBase : this.config.wechatApiBase;
    return factory({
      channel, credentials, http: this.meter.over(this.http, { channelId: channel.id, platform, apiBase }), apiBase,
      clock: () => this.clock.now(), callbackMaxAgeSeconds: this.config.callbackMaxAgeSeconds,
    });
  }

  /** The opened secrets of a row; empty ones when it has none or no key opens them. */
  credentialsOf(row: ChannelRow): ChannelCredentials {
    return openCredentials(this.config.secretKeys, { tenantId: row.tenant_id, channelId: row.id }, row.credentials) ?? NO_CREDENTIALS;
  }

  private fresh(channelId: string): OpenChannel | undefined {
    const kept = this.kept.get(channelId);
    return kept !== undefined && Date.now() - kept.at < KEEP_MS ? kept.open : undefined;
  }

  /** A burst of callbacks to a channel that is not kept reads its row once. */
  private async loadOnce(channelId: string): Promise<OpenChannel | undefined> {
    const running = this.loading.get(channelId)
      ?? this.repository.findInSystemScope(channelId).then((row) => this.keep(row)).finally(() => this.loading.delete(channelId));
    this.loading.set(channelId, running);
    return running;
  }

  private keep(row: ChannelRow | undefined): OpenChannel | undefined {
    if (row === undefined) return undefined;
    const identity = { id: row.id, appId: row.app_id, originalId: row.original_id ?? '', callbackMode: row.callback_mode, settings: row.settings };
    const open = { tenantId: row.tenant_id, row, adapter: this.adapterFor(identity, row.platform, this.credentialsOf(row)) };
    if (this.kept.size >= KEEP_AT_MOST) this.kept.clear();
    this.kept.set(row.id, { open, at: Date.now() });
    return open;
  }

  /** Seals the row's secrets with the newest key when an older one did. Inside the tenant. */
  async resealIfOld(row: ChannelRow): Promise<boolean> {
    if (row.credentials === null || !isSealedByOldKey(this.config.secretKeys, row.credentials)) return false;
    const fresh = sealCredentials(this.config.secretKeys, { tenantId: row.tenant_id, channelId: row.id }, this.credentialsOf(row));
    const old = row.credentials;
    await this.db.write(() => this.repository.reseal(row.id, old, fresh));
    this.forget(row.id);
    return true;
  }
}
