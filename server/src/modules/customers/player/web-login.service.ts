// What WeChat lets a customer hand over beside the login code: the way to log in on a web page, and the phone number.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { currentContext, runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid } from '../../../core/errors/app-error.js';
import { isRefusal, refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { ChannelLogin } from '../../channels/index.js';
import { TenantsService } from '../../tenants/index.js';
import { CustomersRepository } from '../customers.repository.js';
import { IdentityService } from '../identity/identity.service.js';
import { JoiningService } from '../identity/joining.service.js';

const STATE = /^[A-Za-z0-9]{8,64}$/u;

@Injectable()
export class WebLoginService {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    @Inject(CONFIG) private readonly config: Config,
    private readonly tenants: TenantsService,
    private readonly logins: ChannelLogin,
    private readonly identities: IdentityService,
    private readonly joining: JoiningService,
    private readonly customers: CustomersRepository,
  ) {}

  /** @throws NOT_FOUND for an unknown shop; INVALID for a page that is not the shop's own, or a state that is none. */
  async address(input: { tenantSlug: string; page: string; state: string; scope: 'base' | 'userinfo' }): Promise<{ appId: string; url: string } | null> {
    if (!STATE.test(input.state)) throw invalid('state', 'bad_format', 'state is 8 to 64 letters or digits.');
    const tenant = await this.tenants.bySlug(input.tenantSlug);
    // Only to our own pages: with another address the code, and so the person, would be somebody else's.
    const home = `/p/${input.tenantSlug}`;
    const target = new URL(input.page, this.config.publicUrl);
    const isOwn = target.origin === new URL(this.config.publicUrl).origin && (target.pathname === home || target.pathname.startsWith(`${home}/`));
    if (!input.page.startsWith('/') || !isOwn) throw invalid('page', 'bad_format', `page is a path below ${home}.`);
    return runAs({ ...currentContext(), tenantId: tenant.id }, async () =>
      (await this.logins.webAddress({ redirectUri: target.href, scope: input.scope, state: input.state })) ?? null);
  }

  /** The number that WeChat itself verified becomes the customer's, and joins them with whoever has it. Refused: app_not_found, platform_refused. */
  async sharePhone(customerId: string, { appId, code }: { appId: string; code: string }): Promise<{ phone: string } | Refusal> {
    const own = await this.identities.ofCustomers([customerId]);
    const channelId = await this.logins.channelOf('wechat_mini_program', appId);
    const identity = own.find((one) => one.channelId === channelId && one.kind === 'openid');
    if (channelId === undefined || identity === undefined) return refusal('app_not_found', { appId });
    const phone = await this.logins.phone(channelId, code);
    if (isRefusal(phone)) return phone;
    await this.db.write(async () => {
      await this.joining.learn([{ identityId: identity.id, phone: phone.number }]);
      await this.customers.fillPhone(identity.id, phone.number);
    });
    return { phone: phone.number };
  }
}
