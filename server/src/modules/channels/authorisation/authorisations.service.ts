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
import { ChannelChecks } from '../channel-checks.service.js';
import { AuthorisedChannels } from './authorised-channels.service.js';
import { ComponentApi } from './component.client.js';
import { ComponentTokens } from './component-tokens.service.js';
import { COMPONENT_PLATFORMS, consentAddress, isComponentPlatform } from './grant.js';
import { GrantsRepository } from './grants.repository.js';

export interface AuthorisationStart {
  url: string;
  /** The address is to be shown as a code instead of being opened. */
  isCode: boolean;
  expiresAt: Date;
}

// The page may be opened until the pre-auth code ends; finding the administrator's phone takes a while longer.
const GRACE_MS = 15 * 60_000;

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
    private readonly channels: AuthorisedChannels,
    private readonly checks: ChannelChecks,
  ) {}

  /** Platforms that can be connected by scanning. */
  offered(): string[] {
    return this.config.component === undefined ? [] : [...COMPONENT_PLATFORMS];
  }

  /** Refused: `authorisation_not_offered`, `authorisation_not_ready`, `platform_refused`. */
  async begin(platform: string): Promise<AuthorisationStart | Refusal> {
    if (this.config.component === undefined || !isComponentPlatform(platform)) return refusal('authorisation_not_offered', { platform });
    const made = await this.component.with((token) => this.api.preAuthCode(token));
    if (!made.ok) return this.notStarted(made);
    const state = newSecret();
    const expiresAt = new Date(this.clock.now().getTime() + made.value.expiresInSeconds * 1000);
    const start = { id: newId(), stateHash: hashSecret(state), platform, startedBy: actorId(), expiresAt: new Date(expiresAt.getTime() + GRACE_MS) };
    await this.db.write(() => this.grants.addStart(start));
    // Home to the console, not to an open address: only the session that began it can end it, so nobody can be made to
    // consent for a stranger's tenant.
    const returnTo = `${this.config.publicUrl}/channels/authorised?state=${state}`;
    const url = consentAddress(this.config.wechatConsentBase, { componentAppId: this.config.component.id, preAuthCode: made.value.code, returnTo, platform });
    return { url, isCode: false, expiresAt };
  }

  /** The id of the connected channel. Refused: `authorisation_expired`, `connected_elsewhere`, `platform_refused`. */
  async complete(state: string, authCode: string): Promise<string | Refusal> {
    const isOurs = await this.db.write(() => this.grants.useStart(hashSecret(state), actorId(), this.clock.now()));
    if (!isOurs) return refusal('authorisation_expired');
    const granted = await this.component.with((token) => this.api.queryAuth(token, authCode));
    if (!granted.ok) return sayNo(granted);
    const account = await this.component.with((token) => this.api.account(token, granted.value.appId));
    if (!account.ok) return sayNo(account);
    const connected = await this.channels.connect(granted.value, account.value);
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
