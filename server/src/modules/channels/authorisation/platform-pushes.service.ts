// What WeChat pushes for the operator's third-party platform: tickets, and news of grants. And what it pushes for the
// accounts behind it, which is signed with the platform's keys instead of the account's own.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config, type ProviderApp } from '../../../config.js';
import { Clock } from '../../../core/clock.js';
import { runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { LOG, type Log } from '../../../core/log.js';
import type { CallbackRefusal, ChannelAdapter, InboundRequest } from '../adapter.js';
import { formatOf, readBody, textOf } from '../adapters/wechat/wechat.body.js';
import { openPush } from '../adapters/wechat/wechat.verify.js';
import { ChannelAccess, type OpenChannel } from '../channel-access.service.js';
import { AuthorisedChannels } from './authorised-channels.service.js';
import { refreshGrant } from './authorisation.job.js';
import { ComponentTokens } from './component-tokens.service.js';
import { COMPONENT_PLATFORMS } from './grant.js';
import { GrantsRepository } from './grants.repository.js';

@Injectable()
export class PlatformPushes {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: TenantDb,
    private readonly jobs: Jobs,
    private readonly grants: GrantsRepository,
    private readonly access: ChannelAccess,
    private readonly channels: AuthorisedChannels,
    private readonly component: ComponentTokens,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Checks and opens a push that the platform's keys sealed; why not, when it may not be believed. */
  open(request: InboundRequest): { payload: string } | CallbackRefusal {
    const app = this.config.component;
    if (app === undefined) return 'not_configured';
    return openPush({ ...this.accountOf(app), channel: { id: '', appId: app.id, originalId: '', callbackMode: 'secure', settings: {} } }, request);
  }

  /** Takes a checked push in. Safe to run again: tickets only get newer, a grant ends once. */
  async receive(payload: string): Promise<void> {
    const body = readBody(payload, formatOf(payload));
    const at = new Date(Number(textOf(body, 'CreateTime')) * 1000 || this.clock.now());
    const kind = textOf(body, 'InfoType');
    if (kind === 'component_verify_ticket') return this.component.keepTicket(textOf(body, 'ComponentVerifyTicket'), at);
    if (kind === 'unauthorized' || kind === 'authorized' || kind === 'updateauthorized') return this.grantChanged(kind, textOf(body, 'AuthorizerAppid'), at);
    this.log.info({ kind }, 'a push for the platform app that needs nothing done');
  }

  /** The channel of an account behind the platform, with an adapter that checks by the platform's keys. */
  async channelOf(appId: string): Promise<{ open: OpenChannel; gate: ChannelAdapter } | undefined> {
    const app = this.config.component;
    const found = app && (await this.grants.channelOf(appId, COMPONENT_PLATFORMS));
    const open = found && (await this.access.forCallback(found.id));
    if (app === undefined || open === undefined) return undefined;
    const { row } = open;
    const identity = { id: row.id, appId: app.id, originalId: row.original_id ?? '', callbackMode: 'secure' as const, settings: row.settings };
    return { open, gate: this.access.adapterFor(identity, row.platform, this.accountOf(app).credentials) };
  }

  private async grantChanged(kind: 'unauthorized' | 'authorized' | 'updateauthorized', appId: string, at: Date): Promise<void> {
    const found = await this.grants.channelOf(appId, COMPONENT_PLATFORMS);
    // Not ours yet: an authorisation is finished by the browser that began it, not by this notice.
    if (found === undefined) return;
    await runAs({ tenantId: found.tenant_id, actor: { kind: 'system', name: 'callback' }, requestId: '-' }, () =>
      kind === 'unauthorized' ? this.channels.revoke(found.id, at) : this.db.write(() => this.jobs.enqueue(refreshGrant, { channelId: found.id })));
  }

  private accountOf(app: ProviderApp) {
    return {
      credentials: { appSecret: '', callbackToken: app.callbackToken, encodingAesKey: app.encodingAesKey },
      clock: () => this.clock.now(),
      callbackMaxAgeSeconds: this.config.callbackMaxAgeSeconds,
    };
  }
}
