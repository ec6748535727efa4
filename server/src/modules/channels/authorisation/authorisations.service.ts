// Connecting an account by the merchant's consent: to WeChat's page and back.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { Clock } from '../../../core/clock.js';
import { currentContext } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { AppError } from '../../../core/errors/app-error.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { hashSecret, newSecret } from '../../../core/secrets.js';
import type { PlatformFailure } from '../adapter.js';
import { randomWord } from '../channel.secrets.js';
import { ChannelChecks } from '../channel-checks.service.js';
import { AuthorisedChannels } from './authorised-channels.service.js';
import { ComponentApi } from './component.client.js';
import { ComponentTokens } from './component-tokens.service.js';
import { COMPONENT_PLATFORMS, consentAddress, isComponentPlatform, type AuthorisedPlatform } from './grant.js';
import { GrantsRepository } from './grants.repository.js';
import { SuiteApi } from './suite.client.js';

export interface AuthorisationStart {
  url: string;
  /** The address is to be shown as a code instead of being opened. */
  isCode: boolean;
  expiresAt: Date;
}

// The page may be opened until the pre-auth code ends; finding the administrator's phone takes a while longer.
const GRACE_MS = 15 * 60_000;
// A code in a message to the merchant's administrator is not scanned at once.
const WECOM_CODE_MS = 24 * 3_600_000;

@Injectable()
export class Authorisations {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly grants: GrantsRepository,
    private readonly api: ComponentApi,
    private readonly component: ComponentTokens,
    private readonly suite: SuiteApi,
    private readonly channels: AuthorisedChannels,
    private readonly checks: ChannelChecks,
  ) {}

  /** Platforms that can be connected by scanning. */
  offered(): string[] {
    const { component, wecomSuite, wecomProvider } = this.config;
    return [...(component === undefined ? [] : COMPONENT_PLATFORMS), ...(wecomSuite === undefined || wecomProvider === undefined ? [] : ['wecom'])];
  }

  /** Refused: `authorisation_not_offered`, `authorisation_not_ready`, `platform_refused`. */
  async begin(platform: string): Promise<AuthorisationStart | Refusal> {
    if (!this.offered().includes(platform)) return refusal('authorisation_not_offered', { platform });
    return isComponentPlatform(platform) ? this.beginAtWeChat(platform) : this.beginAtWeCom();
  }

  private async beginAtWeChat(platform: AuthorisedPlatform): Promise<AuthorisationStart | Refusal> {
    const made = await this.component.with((token) => this.api.preAuthCode(token));
    if (!made.ok) return this.notStarted(made);
    const state = newSecret();
    const expiresAt = new Date(this.clock.now().getTime() + made.value.expiresInSeconds * 1000);
    await this.note(state, platform, expiresAt);
    // Home to the console, not to an open address: only the session that began it can end it, so nobody can be made to
    // consent for a stranger's tenant.
    const returnTo = `${this.config.publicUrl}/channels/authorised?state=${state}`;
    const url = consentAddress(this.config.wechatConsentBase, { componentAppId: this.api.app.id, preAuthCode: made.value.code, returnTo, platform });
    return { url, isCode: false, expiresAt };
  }

  /** WeCom comes back by a push and not by a browser: the state in the code is all that says whose it is. */
  private async beginAtWeCom(): Promise<AuthorisationStart | Refusal> {
    const state = randomWord(32);
    const address = await this.suite.codeAddress(state);
    if (!address.ok) return sayNo(address);
    const expiresAt = new Date(this.clock.now().getTime() + WECOM_CODE_MS);
    await this.note(state, 'wecom', expiresAt);
    return { url: address.value, isCode: true, expiresAt };
  }

  private async note(state: string, platform: string, expiresAt: Date): Promise<void> {
    const start = { id: newId(), stateHash: hashSecret(state), platform, startedBy: actorId(), expiresAt: new Date(expiresAt.getTime() + GRACE_MS) };
    await this.db.write(() => this.grants.addStart(start));
  }

  /** The id of the connected channel. Refused: `authorisation_expired`, `connected_elsewhere`, `platform_refused`. */
  async complete(state: string, authCode: string): Promise<string | Refusal> {
    const isOurs = await this.db.write(() => this.grants.useStart(hashSecret(state), actorId(), this.clock.now()));
    if (!isOurs) return refusal('authorisation_expired');
    const granted = await this.component.with((token) => this.api.queryAuth(token, authCode));
    if (!granted.ok) return sayNo(granted);
    const account = await this.component.with((token) => this.api.account(token, granted.value.appId));
    if (!account.ok) return sayNo(account);
    const { appId, refreshToken } = granted.value;
    const { platform, name, originalId, accountType } = account.value;
    const permissions = granted.value.permissions.length > 0 ? granted.value.permissions : account.value.permissions;
    const settings = accountType === undefined ? {} : { accountType };
    const connected = await this.channels.connect({ platform, appId, name, originalId, settings, permissions, refreshToken });
    if (typeof connected === 'string') await this.checks.run(connected);
    return connected;
  }

  /** Asking WeChat to push the ticket again mends the commonest reason within seconds. */
  private async notStarted(failure: PlatformFailure): Promise<Refusal> {
    if (failure.problem !== 'platform_app_not_ready') return sayNo(failure);
    await this.api.startPushTicket();
    return refusal('authorisation_not_ready');
  }
}

const sayNo = ({ problem, code }: PlatformFailure): Refusal => refusal('platform_refused', { problem, platformCode: code });

function actorId(): string {
  const { actor } = currentContext();
  if (actor.id === undefined) throw new AppError('forbidden', 'Only a member of staff may connect an account.');
  return actor.id;
}
