// What WeCom pushes for the operator's provider-developed app: tickets, and corps that agree or take it back.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config, type ProviderApp } from '../../../config.js';
import { Clock } from '../../../core/clock.js';
import { runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { isRefusal } from '../../../core/graphql/refusal.js';
import { LOG, type Log } from '../../../core/log.js';
import { hashSecret } from '../../../core/secrets.js';
import type { CallbackRefusal, InboundRequest } from '../adapter.js';
import { formatOf, readBody, textOf } from '../adapters/wechat/wechat.body.js';
import { decrypt, isSignature, openAesKey, sign } from '../adapters/wechat/wechat.crypto.js';
import { openPush } from '../adapters/wechat/wechat.verify.js';
import { ChannelChecks } from '../channel-checks.service.js';
import { AuthorisedChannels } from './authorised-channels.service.js';
import { GrantsRepository } from './grants.repository.js';
import { SuiteApi, type Install } from './suite.client.js';
import { SuiteTokens } from './suite-tokens.service.js';

const SYSTEM = { kind: 'system', name: 'callback' } as const;

@Injectable()
export class SuitePushes {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: TenantDb,
    private readonly grants: GrantsRepository,
    private readonly channels: AuthorisedChannels,
    private readonly checks: ChannelChecks,
    private readonly api: SuiteApi,
    private readonly suite: SuiteTokens,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The console's address check: the opened echostr. Its receiver may be the provider's corp instead of the app, and it changes nothing. */
  handshake({ query }: InboundRequest): { answer: string } | CallbackRefusal {
    const app = this.config.wecomSuite;
    const key = app && openAesKey(app.encodingAesKey);
    if (app === undefined || key === undefined) return 'not_configured';
    const { timestamp = '', nonce = '', echostr = '', msg_signature: signature } = query;
    if (!isSignature(sign(app.callbackToken, timestamp, nonce, echostr), signature)) return 'bad_signature';
    const opened = decrypt(key, echostr);
    return opened === undefined ? 'malformed' : { answer: opened.message };
  }

  /** Checks and opens a push; why not, when it may not be believed. */
  open(request: InboundRequest): { payload: string } | CallbackRefusal {
    const app = this.config.wecomSuite;
    return app === undefined ? 'not_configured' : openPush(this.accountOf(app), request);
  }

  /** Takes a checked push in. A code that was used and a grant that ended change nothing the second time. */
  async receive(payload: string): Promise<void> {
    const body = readBody(payload, formatOf(payload));
    const at = new Date(Number(textOf(body, 'TimeStamp')) * 1000 || this.clock.now());
    const kind = textOf(body, 'InfoType');
    if (kind === 'suite_ticket') return this.suite.keepTicket(textOf(body, 'SuiteTicket'), at);
    if (kind === 'create_auth') return this.agreed(textOf(body, 'AuthCode'), textOf(body, 'State'));
    if (kind === 'cancel_auth') return this.takenBack(textOf(body, 'AuthCorpId'), at);
    this.log.info({ kind }, 'a push for the provider-developed app that needs nothing done');
  }

  private async agreed(authCode: string, stateInPush: string): Promise<void> {
    const install = await this.suite.with((token) => this.api.permanentCode(token, authCode));
    if (!install.ok) return this.log.error({ problem: install.problem, code: install.code, detail: install.detail }, 'a corp agreed, and its permanent code could not be had');
    const stateHash = hashSecret(stateInPush || install.value.state);
    const start = await this.grants.startOf(stateHash, this.clock.now());
    if (start === undefined) return this.log.warn({ corpId: install.value.corpId }, 'a corp agreed, and no merchant here had begun it');
    await runAs({ tenantId: start.tenant_id, actor: SYSTEM, requestId: '-' }, () => this.connect(install.value, stateHash, start.started_by));
  }

  private async connect({ corpId, name, agentId, permanentCode }: Install, stateHash: Buffer, startedBy: string): Promise<void> {
    if (!(await this.db.write(() => this.grants.useStart(stateHash, startedBy, this.clock.now())))) return;
    const connected = await this.channels.connect({ platform: 'wecom', appId: corpId, name, originalId: null, settings: { agentId }, permissions: [], appSecret: permanentCode });
    if (isRefusal(connected)) this.log.warn({ corpId, code: connected.code }, 'a corp agreed, and another merchant has it');
    else await this.checks.run(connected);
  }

  private async takenBack(corpId: string, at: Date): Promise<void> {
    const found = await this.grants.channelOf(corpId, ['wecom']);
    if (found !== undefined) await runAs({ tenantId: found.tenant_id, actor: SYSTEM, requestId: '-' }, () => this.channels.revoke(found.id, at));
  }

  private accountOf(app: ProviderApp) {
    return {
      channel: { id: '', appId: app.id, originalId: '', callbackMode: 'secure' as const, settings: {} },
      credentials: { appSecret: '', callbackToken: app.callbackToken, encodingAesKey: app.encodingAesKey },
      clock: () => this.clock.now(),
      callbackMaxAgeSeconds: this.config.callbackMaxAgeSeconds,
    };
  }
}
