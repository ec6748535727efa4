// Greets new contacts within the 20 seconds that a welcome code lives. Two ways lead here: the process that took the callback
// comes at once, and the job that opens the callback comes later, for the case that the process died between. Who makes
// the code's row is the one who sends.
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { LOG, type Log } from '../../../core/log.js';
import type { ChannelEvent, PlatformFailure, SendResult } from '../adapter.js';
import { wecomOf, type Wecom } from '../adapters/wecom/wecom.adapter.js';
import { ChannelAccess, type OpenChannel } from '../channel-access.service.js';
import { ChannelTokens } from '../tokens/channel-tokens.service.js';
import { LiveCodesRepository } from './live-codes.repository.js';
import { contentOf, WELCOME_MS, type Welcome } from './welcome.js';
import { WelcomesRepository, type WelcomeFigures, type WelcomeState } from './welcomes.repository.js';

type Added = Extract<ChannelEvent, { type: 'contact.added' }>;

/** The platform refuses more calls than a few at once, for one account. */
const AT_ONCE = 4;

@Injectable()
export class WelcomeDesk implements OnApplicationShutdown {
  private readonly line: (() => Promise<void>)[] = [];
  private active = 0;
  private isClosing = false;

  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly repository: WelcomesRepository,
    private readonly codes: LiveCodesRepository,
    private readonly access: ChannelAccess,
    private readonly tokens: ChannelTokens,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** After a callback was stored; never throws and is not waited for. Reads only what may hold a code. */
  hurry(open: OpenChannel, payload: string, receivedAt: Date): void {
    if (this.isClosing || open.row.platform !== 'wecom' || !payload.includes('<WelcomeCode>')) return;
    this.line.push(() =>
      runAs({ tenantId: open.tenantId, actor: { kind: 'system', name: 'welcome' }, requestId: '-' }, async () => this.greet(open.row.id, open.adapter.parse(payload, 'xml'), receivedAt)));
    void this.pump();
  }

  /** Every code among these events that nobody took. Outside of a write: it calls the platform. */
  async greet(channelId: string, events: readonly ChannelEvent[], receivedAt: Date): Promise<void> {
    const added = events.filter((event): event is Added => event.type === 'contact.added' && event.welcomeCode !== '');
    for (let at = 0; at < added.length; at += AT_ONCE) await Promise.all(added.slice(at, at + AT_ONCE).map((event) => this.one(channelId, event, receivedAt)));
  }

  async receivedAt(inboundIds: readonly string[]): Promise<Date> {
    return (await this.db.read(() => this.repository.receivedAt(inboundIds))) ?? this.clock.now();
  }

  figures(channelId: string): Promise<WelcomeFigures> {
    return this.db.read(() => this.repository.figures(channelId));
  }

  async tidy(): Promise<void> {
    await this.db.write(async () => {
      await this.repository.giveUp();
      await this.repository.forget();
    });
  }

  onApplicationShutdown(): void {
    this.isClosing = true;
    this.line.length = 0; // the jobs take over
  }

  private async pump(): Promise<void> {
    if (this.active >= AT_ONCE) return;
    this.active += 1;
    for (let work = this.line.shift(); work !== undefined; work = this.line.shift())
      await work().catch((error: unknown) => this.log.warn({ err: error }, 'a welcome could not be hurried; its job tries again'));
    this.active -= 1;
  }

  private async one(channelId: string, event: Added, receivedAt: Date): Promise<void> {
    const [code] = event.state === '' ? [] : await this.db.read(() => this.codes.byStates(channelId, [event.state]));
    const welcome = code?.welcome ?? (await this.db.read(() => this.codes.welcome(channelId)));
    if (!welcome) return;
    const claim = { channelId, code: event.welcomeCode, externalId: event.externalId, employee: event.employee, liveCodeId: code?.id ?? null };
    if (!(await this.db.write(() => this.repository.claim(claim)))) return;
    const open = await this.access.forUse(channelId);
    const account = wecomOf(open.adapter);
    const end = account === undefined ? EXPIRED : await this.send({ open, account, code: event.welcomeCode, welcome, until: receivedAt.getTime() + WELCOME_MS });
    const tookMs = this.clock.now().getTime() - receivedAt.getTime();
    await this.db.write(() => this.repository.settle(channelId, event.welcomeCode, { ...end, tookMs }));
  }

  /** Again after every answer that says "not yet", while the code lives. */
  private async send(of: { open: OpenChannel; account: Wecom; code: string; welcome: Welcome; until: number }): Promise<End> {
    let end: End = EXPIRED;
    let token = await this.tokens.take(of.open);
    while (this.clock.now().getTime() < of.until) {
      const result: SendResult | PlatformFailure = token.ok ? await of.account.welcome(of.code, contentOf(of.welcome), token.value.token) : token;
      if ('outcome' in result && result.outcome === 'token_expired' && token.ok) {
        token = await this.tokens.replace(of.open, token.value);
        continue;
      }
      end = endOf(result);
      const waitMs = 'outcome' in result && result.outcome === 'throttled' ? result.retryAfterMs : undefined;
      if (waitMs === undefined || this.clock.now().getTime() + waitMs >= of.until) return end;
      await sleep(waitMs);
    }
    return end;
  }
}

interface End {
  state: WelcomeState;
  problem: string | undefined;
}

const EXPIRED: End = { state: 'expired', problem: 'wecom_welcome_over' };

function endOf(result: SendResult | PlatformFailure): End {
  if (!('outcome' in result)) return { state: 'failed', problem: result.problem };
  if (result.outcome === 'accepted') return { state: 'sent', problem: undefined };
  if (result.outcome === 'unsupported') return { state: 'failed', problem: 'our_mistake' };
  if (result.outcome === 'refused' && result.reason === 'window_closed') return EXPIRED;
  return { state: result.outcome === 'upstream' && result.mayHaveBeenSent ? 'unknown' : 'failed', problem: result.problem };
}
