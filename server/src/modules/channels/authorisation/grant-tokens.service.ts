// Tokens of accounts that merchants let our platform app speak for. No secret of theirs is involved.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { AccessToken, PlatformFailure, PlatformResult, PlatformSession } from '../adapter.js';
import { open as openSecret, seal, type Place } from '../channel.secrets.js';
import type { ChannelRow } from '../channels.repository.js';
import { ComponentApi } from './component.client.js';
import { ComponentTokens } from './component-tokens.service.js';
import { isComponentPlatform } from './grant.js';
import { GrantsRepository } from './grants.repository.js';

type Account = Pick<ChannelRow, 'id' | 'tenant_id' | 'app_id' | 'platform' | 'authorisation'>;

const GONE: PlatformFailure = { ok: false, kind: 'forbidden', problem: 'authorization_gone', code: 0, detail: 'no grant is held for this account' };
/** What whoever needs a token is told once the merchant took the grant back. */
export const REVOKED: PlatformFailure = { ...GONE, problem: 'authorization_revoked', detail: 'the merchant took the grant back' };

@Injectable()
export class GrantTokens {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly grants: GrantsRepository,
    private readonly api: ComponentApi,
    private readonly component: ComponentTokens,
  ) {}

  /** True when tokens of this account come from a grant; a provider-developed app at WeCom has a secret after all. */
  speaksFor(account: Account): boolean {
    return account.authorisation === 'platform' && isComponentPlatform(account.platform);
  }

  /** A new token of the account. Called by whoever holds the token's lease, so the refresh token has one user at a time. */
  async issue(account: Account): Promise<PlatformResult<AccessToken>> {
    const refreshToken = await this.refreshToken(account);
    if (refreshToken === undefined || this.config.component === undefined) return GONE;
    const issued = await this.component.with((token) => this.api.authorizerToken(token, account.app_id, refreshToken));
    if (!issued.ok) return issued;
    if (issued.value.refreshToken !== refreshToken) {
      await this.db.write(() => this.grants.setRefreshToken(account.id, this.sealed(account, issued.value.refreshToken)));
    }
    return { ok: true, value: { token: issued.value.token, expiresInSeconds: issued.value.expiresInSeconds } };
  }

  /** A customer's login code, for an account whose secret we do not have. */
  exchangeCode(account: Account, code: string): Promise<PlatformResult<PlatformSession>> {
    if (this.config.component === undefined) return Promise.resolve(GONE);
    return this.component.with((token) =>
      (account.platform === 'wechat_official_account' ? this.api.webSession(token, account.app_id, code) : this.api.session(token, account.app_id, code)));
  }

  /** The envelope a refresh token is kept in. */
  sealed(account: Pick<Account, 'id' | 'tenant_id'>, refreshToken: string): Buffer {
    return seal(this.config.secretKeys, placeOf(account), refreshToken);
  }

  private async refreshToken(account: Account): Promise<string | undefined> {
    const grant = await this.db.read(() => this.grants.find(account.id));
    const envelope = grant?.refresh_token ?? undefined;
    return envelope && openSecret(this.config.secretKeys, placeOf(account), envelope);
  }
}

const placeOf = (account: Pick<Account, 'id' | 'tenant_id'>): Place => ({ tenantId: account.tenant_id, channelId: account.id, purpose: 'grant' });
