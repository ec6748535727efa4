// Channels that a grant speaks for: made, switched over from a secret, and told when the grant ends.
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Events } from '../../../core/events/events.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { CONFIG, type Config } from '../../../config.js';
import { LOG, type Log } from '../../../core/log.js';
import { Audit } from '../../tenants/index.js';
import { ChannelAccess } from '../channel-access.service.js';
import { ChannelsRepository } from '../channels.repository.js';
import { ChannelTokens } from '../tokens/channel-tokens.service.js';
import { randomWord, sealCredentials } from '../channel.secrets.js';
import type { ChannelRow } from '../channels.repository.js';
import { GrantTokens } from './grant-tokens.service.js';
import { GrantsRepository } from './grants.repository.js';

/** An account that its merchant let our platform app speak for. */
export interface Arrival {
  platform: string;
  appId: string;
  name: string;
  originalId: string | null;
  settings: Record<string, unknown>;
  permissions: readonly number[];
  /** WeChat: what its tokens come from. */
  refreshToken?: string;
  /** WeCom: the permanent code, which is the secret of our app at that corp. */
  appSecret?: string;
}

@Injectable()
export class AuthorisedChannels {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly repository: ChannelsRepository,
    private readonly grants: GrantsRepository,
    private readonly grantTokens: GrantTokens,
    private readonly tokens: ChannelTokens,
    private readonly access: ChannelAccess,
    private readonly events: Events,
    private readonly audit: Audit,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The id of the channel: the account's own where the merchant has one already. Refused: `connected_elsewhere`. */
  async connect(arrival: Arrival): Promise<string | Refusal> {
    const id = await this.grants.whileOurs(arrival.appId, () =>
      this.db.write(async () => {
        const known = await this.repository.findByApp(arrival.platform, arrival.appId);
        const channelId = known?.id ?? newId();
        await (known === undefined ? this.insert(channelId, arrival) : this.switchOver(channelId, arrival));
        await this.keepGrant(channelId, arrival);
        return channelId;
      }));
    if (id === undefined) return refusal('connected_elsewhere', { appId: arrival.appId });
    this.access.forget(id);
    return id;
  }

  /** The merchant took the grant back: nothing may be sent until they give it again. Inside the tenant. */
  async revoke(channelId: string, at: Date): Promise<void> {
    await this.db.write(async () => {
      if (!(await this.grants.revoke(channelId, at))) return;
      await this.tokens.drop(channelId);
      const row = await this.repository.find(channelId);
      if (row === undefined || row.status === 'disconnected') return;
      // What a person decided stands: a paused channel stays paused, with the reason beside it.
      const status = row.status === 'paused' ? 'paused' : 'failing';
      await this.repository.patch(channelId, { status, status_reason: 'authorization_revoked' });
      await this.audit.record('channel.authorisation_revoked', { kind: 'channel', id: channelId }, { appId: row.app_id });
    });
    this.access.forget(channelId);
    this.log.warn({ channelId }, 'a merchant took back the authorisation of an account');
  }

  private async insert(id: string, arrival: Arrival): Promise<void> {
    await this.repository.insert({
      tenant_id: currentTenantId(), id, platform: arrival.platform, name: nameOf(arrival), app_id: arrival.appId, original_id: arrival.originalId,
      credentials: this.credentials(id, arrival, undefined), settings: arrival.settings, callback_mode: 'secure', callback_format: 'xml',
      checks: {}, status: 'connecting', status_reason: null,
    });
    await this.repository.patch(id, { authorisation: 'platform' });
  }

  /** Was connected by secret, or by a grant that ended. The merchant's name for it and all history stay; a secret is not kept beside a grant. */
  private async switchOver(id: string, arrival: Arrival): Promise<void> {
    const row = await this.repository.find(id);
    await this.repository.patch(id, {
      authorisation: 'platform', credentials: this.credentials(id, arrival, row), original_id: arrival.originalId, settings: { ...row?.settings, ...arrival.settings },
      callback_mode: 'secure', callback_format: 'xml', status: 'connecting', status_reason: null,
    });
  }

  private credentials(id: string, { appSecret }: Arrival, row: ChannelRow | undefined): Buffer | null {
    if (appSecret === undefined) return null;
    const old = row && this.access.credentialsOf(row);
    const credentials = { appSecret, callbackToken: old?.callbackToken || randomWord(32), encodingAesKey: old?.encodingAesKey || randomWord(43) };
    return sealCredentials(this.config.secretKeys, { tenantId: currentTenantId(), channelId: id }, credentials);
  }

  private async keepGrant(id: string, { platform, appId, permissions, refreshToken }: Arrival): Promise<void> {
    const sealed = refreshToken === undefined ? null : this.grantTokens.sealed({ id, tenant_id: currentTenantId() }, refreshToken);
    await this.grants.save(id, sealed, permissions, this.clock.now());
    await this.tokens.drop(id);
    await this.events.emit('channel.connected', { channelId: id });
    await this.audit.record('channel.authorise', { kind: 'channel', id }, { platform, appId, permissions });
  }
}

/** A name of the platform may be longer than ours, or empty for a new account. */
const nameOf = ({ name, appId }: Arrival): string => Array.from(name.trim()).slice(0, 40).join('') || appId;
