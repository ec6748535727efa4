// The customer's own side: signing in, and who the play token stands for.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { Clock } from '../../../core/clock.js';
import { currentContext, currentTenantId, runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid } from '../../../core/errors/app-error.js';
import { Events } from '../../../core/events/events.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { makePlayToken } from '../../../core/play-token.js';
import { ChannelLogin } from '../../channels/index.js';
import { TenantsService } from '../../tenants/index.js';
import { visitorProblem } from '../customer.js';
import type { NewIdentity } from '../identity/identity.repository.js';
import { PlayerPeople } from './player-people.service.js';

export interface CustomerSession {
  __typename: 'CustomerSession';
  token: string;
  expiresAt: Date;
  customerId: string;
}

@Injectable()
export class PlayerService {
  private readonly webChannels = new Map<string, string>();

  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly events: Events,
    @Inject(CONFIG) private readonly config: Config,
    private readonly tenants: TenantsService,
    private readonly logins: ChannelLogin,
    private readonly people: PlayerPeople,
  ) {}

  /** Signs in with the code that wx.login gave. Refused: app_not_found, code_invalid. @throws NOT_FOUND for an unknown shop */
  async signIn(input: { tenantSlug: string; appId: string; code: string; visitorId?: string | null }): Promise<CustomerSession | Refusal> {
    if (input.visitorId) checkVisitor(input.visitorId);
    return this.inShop(input.tenantSlug, async () => {
      const login = await this.logins.exchange(input.appId, input.code);
      if (login.outcome === 'unknown_app') return refusal('app_not_found', { appId: input.appId });
      if (login.outcome === 'code_refused') return refusal('code_invalid', { problem: login.problem });
      return this.open({ channelId: login.channelId, kind: 'openid', externalId: login.externalId, unionId: login.unionId }, input.visitorId ?? undefined);
    });
  }

  /** Outside of WeChat: known only by this browser. @throws NOT_FOUND for an unknown shop */
  async signInVisitor(tenantSlug: string, visitorId: string): Promise<CustomerSession> {
    checkVisitor(visitorId);
    return this.inShop(tenantSlug, async () => {
      const channelId = await this.webChannel();
      return this.open({ channelId, kind: 'visitor', externalId: visitorId }, visitorId);
    });
  }

  private async inShop<T>(slug: string, work: () => Promise<T>): Promise<T> {
    const tenant = await this.tenants.bySlug(slug);
    return runAs({ ...currentContext(), tenantId: tenant.id }, work);
  }

  /** The built-in web channel of the shop: once made it never changes, so it is asked for once per process. */
  private async webChannel(): Promise<string> {
    const tenantId = currentTenantId();
    const known = this.webChannels.get(tenantId);
    if (known) return known;
    const channelId = await this.logins.builtIn('h5');
    this.webChannels.set(tenantId, channelId);
    return channelId;
  }

  private async open(who: NewIdentity, visitorId: string | undefined): Promise<CustomerSession> {
    const customerId = await this.db.write(async () => {
      const { customerId, isNews } = await this.people.arrive(who, visitorId);
      if (isNews) await this.events.emit('customer.identified', { customerIds: [customerId] });
      return customerId;
    });
    return { __typename: 'CustomerSession', customerId, ...makePlayToken(currentTenantId(), customerId, this.clock.now(), this.config.secretKeys) };
  }
}

function checkVisitor(visitorId: string): void {
  const wrong = visitorProblem(visitorId);
  if (wrong) throw invalid(wrong.field, wrong.problem, wrong.message);
}
