// The one way a message leaves for a platform. It holds no opinion on who may be written to; it knows tokens, pace, and
// what an answer means for the account.
import { Inject, Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { LOG, type Log } from '../../../core/log.js';
import type { PlatformFailure, SendRequest, SendResult } from '../adapter.js';
import { ChannelAccess, type OpenChannel } from '../channel-access.service.js';
import { ChannelsRepository } from '../channels.repository.js';
import { ChannelRatesRepository, type RateGrant } from '../rates/channel-rates.repository.js';
import { ChannelTokens, type HeldToken } from '../tokens/channel-tokens.service.js';

const WAVE = 64;

@Injectable()
export class ChannelSender {
  constructor(
    private readonly access: ChannelAccess,
    private readonly tokens: ChannelTokens,
    private readonly rates: ChannelRatesRepository,
    private readonly channels: ChannelsRepository,
    private readonly db: TenantDb,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * Takes up to `count` sends from the account's second and day, for all processes together.
   * Joins the caller's write. What is taken and not sent is given back with `giveBackRate`.
   */
  takeRate(channelId: string, count: number): Promise<RateGrant> {
    return this.db.write(() => this.rates.take(channelId, count));
  }

  giveBackRate(channelId: string, count: number): Promise<void> {
    return this.db.write(() => this.rates.giveBack(channelId, count));
  }

  /** Sends one. @throws not_found for a channel of nobody or of another tenant; bug inside a write. */
  async send(channelId: string, request: SendRequest): Promise<SendResult> {
    const [result] = await this.sendMany(channelId, [request], 1);
    return result ?? { outcome: 'unsupported' };
  }

  /**
   * Sends many, `concurrency` at a time; results in the order of the requests. Once the account itself is refused or out
   * of quota the rest is not tried: it comes back with that same result, which says that it was not sent.
   */
  async sendMany(channelId: string, requests: readonly SendRequest[], concurrency: number = WAVE): Promise<SendResult[]> {
    const channel = await this.access.forUse(channelId);
    const results: SendResult[] = [];
    let stop: SendResult | undefined;
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < requests.length; at = next++) {
        const request = requests[at];
        if (request === undefined) continue;
        const result = stop ?? (await this.sendOne(channel, request));
        results[at] = result;
        if (concernsAccount(result)) stop ??= result;
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, requests.length) }, work));
    if (stop !== undefined) await this.noteAccount(channel, stop);
    return results;
  }

  private async sendOne(channel: OpenChannel, request: SendRequest): Promise<SendResult> {
    const held = await this.tokens.take(channel);
    if (!held.ok) return notSent(held);
    const first = await channel.adapter.send(request, held.value.token);
    return first.outcome === 'token_expired' ? this.sendAgain(channel, request, held.value) : first;
  }

  /** The platform refused the token, so it did not take the message: with another token it may be sent, once. */
  private async sendAgain(channel: OpenChannel, request: SendRequest, refused: HeldToken): Promise<SendResult> {
    const held = await this.tokens.replace(channel, refused);
    if (!held.ok) return notSent(held);
    return channel.adapter.send(request, held.value.token);
  }

  private async noteAccount(channel: OpenChannel, result: SendResult): Promise<void> {
    const channelId = channel.row.id;
    if (result.outcome === 'throttled') {
      this.log.warn({ channelId, problem: result.problem, code: result.code, retryAfterMs: result.retryAfterMs }, 'the account has to wait');
      await this.db.write(() => this.rates.block(channelId, result.retryAfterMs));
    } else if (result.outcome === 'refused') {
      this.log.warn({ channelId, problem: result.problem, code: result.code, detail: result.detail }, 'the account may not send');
      await this.db.write(() => this.channels.markFailing(channelId, result.problem));
      this.access.forget(channelId);
    }
  }
}

/** Answers after which every other message of this account would fare the same. */
function concernsAccount(result: SendResult): boolean {
  return (result.outcome === 'throttled' && result.scope === 'day') || (result.outcome === 'refused' && result.reason === 'account');
}

/** No token, so nothing was sent. */
function notSent({ kind, problem, code, detail }: PlatformFailure): SendResult {
  if (kind === 'forbidden' || kind === 'invalid') return { outcome: 'refused', reason: 'account', problem, code, detail };
  return { outcome: 'upstream', mayHaveBeenSent: false, problem, code, detail };
}
