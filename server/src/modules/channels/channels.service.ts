// Connecting an account and keeping it: what the merchant enters, in the order of the setup.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { currentTenantId } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { conflict, invalid, isUniqueViolation, notFound } from '../../core/errors/app-error.js';
import { Events } from '../../core/events/events.js';
import { refusal, type Refusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import type { CallbackFormat, CallbackMode, ChannelCredentials, PlatformFailure } from './adapter.js';
import { Audit } from '../tenants/index.js';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelChecks } from './channel-checks.service.js';
import { whyNotChannelForm, type ChannelForm } from './channel.js';
import { randomWord, sealCredentials } from './channel.secrets.js';
import { ChannelsRepository, type ChannelPatch, type ChannelRow } from './channels.repository.js';
import { ChannelTokens } from './tokens/channel-tokens.service.js';

export interface ConnectInput extends ChannelForm {
  platform: string;
  name: string;
  appId: string;
  appSecret: string;
  callbackMode: CallbackMode;
  callbackFormat: CallbackFormat;
}

export interface UpdateInput extends ChannelForm {
  callbackMode?: CallbackMode;
  callbackFormat?: CallbackFormat;
}

@Injectable()
export class ChannelsService {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly repository: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly tokens: ChannelTokens,
    private readonly checks: ChannelChecks,
    private readonly events: Events,
    private readonly audit: Audit,
  ) {}

  list(): Promise<ChannelRow[]> {
    return this.db.read(() => this.repository.list());
  }

  /** @throws not_found */
  async get(id: string): Promise<ChannelRow> {
    const row = await this.db.read(() => this.repository.find(id));
    if (row === undefined) throw notFound('channel', id);
    return row;
  }

  /**
   * Tries AppID and AppSecret at the platform, then stores them and takes the templates over.
   * Refused: `platform_refused` {problem, platformCode} (nothing is stored), `channel_already_connected` {channelId}.
   */
  async connect(input: ConnectInput): Promise<ChannelRow | Refusal> {
    refuseBadForm(input);
    const id = newId();
    const credentials = { appSecret: input.appSecret, callbackToken: input.callbackToken ?? randomWord(32), encodingAesKey: input.aesKey ?? randomWord(43) };
    const failure = await this.tryCredentials(id, { ...input, settings: settingsOf(input) }, credentials);
    if (failure !== undefined) return sayNo(failure);
    const stored = await this.store(id, input, credentials);
    if (typeof stored !== 'string') return stored;
    await this.checks.run(stored);
    return this.get(stored);
  }

  /** Changes what was entered. A new AppSecret is tried first, as at connecting. @throws conflict after a disconnect. */
  async update(id: string, input: UpdateInput): Promise<ChannelRow | Refusal> {
    refuseBadForm(input);
    const row = await this.get(id);
    if (row.status === 'disconnected') throw conflict('channel', 'This account was disconnected. Connect it again.');
    const old = this.access.credentialsOf(row);
    // An account that a grant speaks for has no secrets here: whoever enters one lets it speak from now on.
    const credentials = {
      appSecret: input.appSecret ?? old.appSecret,
      callbackToken: input.callbackToken ?? (old.callbackToken || randomWord(32)),
      encodingAesKey: input.aesKey ?? (old.encodingAesKey || randomWord(43)),
    };
    const isNewSecret = credentials.appSecret !== old.appSecret;
    if (isNewSecret) {
      const failure = await this.tryCredentials(id, { platform: row.platform, appId: row.app_id, settings: row.settings }, credentials);
      if (failure !== undefined) return sayNo(failure);
    }
    const sealed = sealCredentials(this.config.secretKeys, { tenantId: row.tenant_id, channelId: id }, credentials);
    await this.db.write(async () => {
      await this.repository.patch(id, { ...patchOf(input), ...(isNewSecret ? { authorisation: 'secret' as const } : {}), credentials: sealed });
      if (isNewSecret) await this.tokens.drop(id);
      await this.audit.record('channel.update', { kind: 'channel', id }, { changed: Object.keys(input) });
    });
    this.access.forget(id);
    if (isNewSecret) await this.checks.run(id);
    return this.get(id);
  }

  /** The two secrets that the merchant must paste at the platform. */
  async revealCallbackSecrets(id: string): Promise<{ token: string; aesKey: string }> {
    const { callbackToken, encodingAesKey } = this.access.credentialsOf(await this.get(id));
    await this.db.write(() => this.audit.record('channel.reveal_secrets', { kind: 'channel', id }));
    return { token: callbackToken, aesKey: encodingAesKey };
  }

  private async tryCredentials(id: string, account: { platform: string; appId: string; settings?: Record<string, unknown> }, credentials: ChannelCredentials): Promise<PlatformFailure | undefined> {
    const identity = { id, appId: account.appId, originalId: '', callbackMode: 'secure' as const, settings: account.settings ?? {} };
    const issued = await this.access.adapterFor(identity, account.platform, credentials).issueToken(false);
    // Only a clear no counts; a silent platform must not keep the merchant from saving, the check will tell.
    return !issued.ok && issued.kind === 'forbidden' ? issued : undefined;
  }

  /** The id it is stored under: a new one, or that of the same account when it had been disconnected. */
  private async store(id: string, input: ConnectInput, credentials: ChannelCredentials): Promise<string | Refusal> {
    const row = { ...this.entered(id, input, credentials), tenant_id: currentTenantId(), id, platform: input.platform, app_id: input.appId, checks: {} };
    try {
      await this.db.write(async () => {
        await this.repository.insert(row);
        await this.announce(id, input);
      });
      return id;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const other = await this.db.read(() => this.repository.findByApp(input.platform, input.appId));
      if (other?.status !== 'disconnected') return refusal('channel_already_connected', { channelId: other?.id, appId: input.appId });
      return this.revive(other.id, input, credentials);
    }
  }

  private async revive(id: string, input: ConnectInput, credentials: ChannelCredentials): Promise<string> {
    await this.db.write(async () => {
      await this.repository.patch(id, this.entered(id, input, credentials));
      await this.announce(id, input);
    });
    this.access.forget(id);
    return id;
  }

  private entered(id: string, input: ConnectInput, credentials: ChannelCredentials) {
    return {
      name: input.name.trim(),
      original_id: input.originalId || null,
      credentials: sealCredentials(this.config.secretKeys, { tenantId: currentTenantId(), channelId: id }, credentials),
      settings: settingsOf(input),
      authorisation: 'secret' as const,
      callback_mode: input.callbackMode,
      callback_format: input.callbackFormat,
      status: 'connecting' as const,
      status_reason: null,
    };
  }

  private async announce(id: string, input: ConnectInput): Promise<void> {
    await this.events.emit('channel.connected', { channelId: id });
    await this.audit.record('channel.connect', { kind: 'channel', id }, { platform: input.platform, appId: input.appId });
  }
}

/** What the platform needs beside the secret and is none. */
function settingsOf({ platform, accountType, agentId }: ConnectInput): Record<string, unknown> {
  if (platform === 'wechat_official_account') return { accountType: accountType ?? 'service' };
  return agentId === undefined ? {} : { agentId };
}

function refuseBadForm(form: ChannelForm): void {
  const wrong = whyNotChannelForm(form);
  if (wrong !== undefined) throw invalid(wrong.field, wrong.problem, wrong.message);
}

const sayNo = ({ problem, code }: PlatformFailure): Refusal => refusal('platform_refused', { problem, platformCode: code });

function patchOf(input: UpdateInput): ChannelPatch {
  return {
    ...(input.name === undefined ? {} : { name: input.name.trim() }),
    ...(input.originalId === undefined ? {} : { original_id: input.originalId || null }),
    ...(input.callbackMode === undefined ? {} : { callback_mode: input.callbackMode }),
    ...(input.callbackFormat === undefined ? {} : { callback_format: input.callbackFormat }),
    ...(input.sendRatePerSecond === undefined ? {} : { send_rate_per_second: input.sendRatePerSecond }),
    ...(input.dailySendLimit === undefined ? {} : { daily_send_limit: input.dailySendLimit }),
  };
}
