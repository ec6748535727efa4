// Who a customer is at a platform, by the login code of its client.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { currentTenantId } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { AppError } from '../../core/errors/app-error.js';
import type { Refusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import { LOG, type Log } from '../../core/log.js';
import { GrantTokens } from './authorisation/grant-tokens.service.js';
import type { Phone } from './adapters/wechat-mini-program/personal-data.client.js';
import { miniProgramOf } from './adapters/wechat-mini-program/wechat.adapter.js';
import { officialOf } from './adapters/wechat-official-account/official.adapter.js';
import type { LoginScope } from './adapters/wechat-official-account/web-login.client.js';
import { ChannelAccess } from './channel-access.service.js';
import { PlatformCalls, refusedBy } from './platform-calls.service.js';
import { ChannelsRepository } from './channels.repository.js';

export type Login =
  | { outcome: 'signed_in'; channelId: string; externalId: string; unionId: string | undefined }
  | { outcome: 'unknown_app' }
  /** `problem` is a key of shared/platform-errors. */
  | { outcome: 'code_refused'; problem: string };

@Injectable()
export class ChannelLogin {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly grants: GrantTokens,
    private readonly calls: PlatformCalls,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * Trades a code for the person behind it. The platform's session key ends here: it never leaves the server.
   * @throws upstream or throttled when the platform cannot say; bug inside a write.
   */
  async exchange(appId: string, code: string): Promise<Login> {
    const found = await this.db.read(async () =>
      (await this.repository.findByApp('wechat_mini_program', appId)) ?? this.repository.findByApp('wechat_official_account', appId));
    if (found === undefined || found.status === 'disconnected') return { outcome: 'unknown_app' };
    const { adapter, row } = await this.access.forUse(found.id);
    const session = await (this.grants.speaksFor(row) ? this.grants.exchangeCode(row, code) : adapter.exchangeCode(code));
    if (session.ok) return { outcome: 'signed_in', channelId: found.id, externalId: session.value.externalId, unionId: session.value.unionId };
    this.log.info({ channelId: found.id, problem: session.problem, code: session.code, detail: session.detail }, 'login code refused');
    if (session.kind === 'invalid' || session.kind === 'forbidden') return { outcome: 'code_refused', problem: session.problem };
    throw new AppError(session.kind === 'throttled' ? 'throttled' : 'upstream', 'The platform cannot check the login just now. Please try again.', { problem: session.problem });
  }

  /** Where a web page inside WeChat sends the browser to learn who it is; undefined when the merchant has no service account for it. */
  async webAddress(login: { redirectUri: string; scope: LoginScope; state: string }): Promise<{ appId: string; url: string } | undefined> {
    const rows = await this.db.read(() => this.repository.list());
    const row = rows.find((one) => one.platform === 'wechat_official_account' && one.status === 'live' && one.settings['accountType'] !== 'subscription');
    const account = row && officialOf((await this.access.forUse(row.id)).adapter);
    return row && account ? { appId: row.app_id, url: account.web.address(this.config.wechatLoginBase, { ...login, componentAppId: this.grants.speaksFor(row) ? this.config.component?.id : undefined }) } : undefined;
  }

  /** The id of the tenant's account by the platform's id of it. */
  async channelOf(platform: string, appId: string): Promise<string | undefined> {
    return (await this.db.read(() => this.repository.findByApp(platform, appId)))?.id;
  }

  /**
   * Trades the code of the phone button for the number. Costs the merchant a fee per number.
   * @throws NOT_FOUND, INVALID for an account that is no mini program; upstream, throttled
   */
  async phone(channelId: string, code: string): Promise<Phone | Refusal> {
    const { channel, account } = await this.calls.open(channelId, miniProgramOf);
    const phone = await this.calls.ask(channel, (token) => account.personal.phone(code, token));
    return phone.ok ? phone.value : refusedBy(phone);
  }

  /** The id of the tenant's built-in channel of a platform that needs no account (a web page), made on first use. */
  builtIn(platform: 'h5'): Promise<string> {
    return this.db.write(async () => {
      const found = await this.repository.findByApp(platform, platform);
      return found?.id ?? this.repository.insertBuiltIn({ tenantId: currentTenantId(), id: newId(), platform, name: '网页' });
    });
  }
}
