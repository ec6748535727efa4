// Calls to a platform that are no sends: with a token, and once more with another when the platform refuses the first.
import { Injectable } from '@nestjs/common';
import { AppError, invalid } from '../../core/errors/app-error.js';
import { refusal, type Refusal } from '../../core/graphql/refusal.js';
import type { ChannelAdapter, PlatformFailure, PlatformResult } from './adapter.js';
import { ChannelAccess, type OpenChannel } from './channel-access.service.js';
import { ChannelTokens } from './tokens/channel-tokens.service.js';

@Injectable()
export class PlatformCalls {
  constructor(private readonly access: ChannelAccess, private readonly tokens: ChannelTokens) {}

  /**
   * The channel as an account of one kind. @param pick the adapter in its own type, undefined when it is of another platform.
   * @throws NOT_FOUND; INVALID for an account of another kind
   */
  async open<A>(channelId: string, pick: (adapter: ChannelAdapter) => A | undefined): Promise<{ channel: OpenChannel; account: A }> {
    const channel = await this.access.forUse(channelId);
    const account = pick(channel.adapter);
    if (account === undefined) throw invalid('channelId', 'wrong_platform', 'This account is of another kind. Choose one that can do this.', { platform: channel.row.platform });
    return { channel, account };
  }

  /** @throws bug inside a write */
  async ask<T>(channel: OpenChannel, call: (token: string) => Promise<PlatformResult<T>>): Promise<PlatformResult<T>> {
    const held = await this.tokens.take(channel);
    if (!held.ok) return held;
    const first = await call(held.value.token);
    if (first.ok || first.kind !== 'token_expired') return first;
    const other = await this.tokens.replace(channel, held.value);
    return other.ok ? call(other.value.token) : other;
  }
}

/** A platform's no as a value, its silence as an error that may be tried again. @throws upstream, throttled */
export function refusedBy(failure: PlatformFailure): Refusal {
  const { kind, problem, code, detail } = failure;
  if (kind === 'upstream' && code === 0) throw new AppError('upstream', 'The platform does not answer just now. Please try again.', { problem });
  return refusal('platform_refused', { problem, platformCode: code, detail });
}
