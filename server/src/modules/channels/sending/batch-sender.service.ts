// Calls to a platform that concern many people at once: a mass post, a group send and what becomes of it. Like the sender of single
// messages it knows tokens and nothing of who may be written to.
import { Injectable } from '@nestjs/common';
import type { ChannelAdapter, ContactTaskCreated, ContactTaskPage, ContactTaskSend, PlatformFailure, PlatformResult, PostSend, SendResult } from '../adapter.js';
import { ChannelAccess, type OpenChannel } from '../channel-access.service.js';
import { ChannelTokens } from '../tokens/channel-tokens.service.js';

const NOT_SPOKEN: PlatformFailure = { ok: false, kind: 'invalid', problem: 'unsupported', code: 0, detail: 'the platform has no such call' };

@Injectable()
export class BatchSender {
  constructor(
    private readonly access: ChannelAccess,
    private readonly tokens: ChannelTokens,
  ) {}

  /** One post to many. Not inside a write. */
  post(channelId: string, post: PostSend): Promise<SendResult> {
    return this.send(channelId, (adapter, token) => adapter.postToMany?.(post, token));
  }

  /** Asks employees to send. Not inside a write. */
  createTask(channelId: string, task: ContactTaskSend): Promise<ContactTaskCreated> {
    return this.send(channelId, (adapter, token) => adapter.createContactTask?.(task, token));
  }

  postStatus(channelId: string, platformId: string): Promise<PlatformResult<'sending' | 'sent' | 'failed'>> {
    return this.ask(channelId, (adapter, token) => adapter.postStatus?.(platformId, token));
  }

  taskResults(channelId: string, taskId: string, cursor: string | undefined): Promise<PlatformResult<ContactTaskPage>> {
    return this.ask(channelId, (adapter, token) => adapter.contactTaskResults?.(taskId, cursor, token));
  }

  remindTask(channelId: string, taskId: string): Promise<PlatformResult<undefined>> {
    return this.ask(channelId, (adapter, token) => adapter.remindContactTask?.(taskId, token));
  }

  cancelTask(channelId: string, taskId: string): Promise<PlatformResult<undefined>> {
    return this.ask(channelId, (adapter, token) => adapter.cancelContactTask?.(taskId, token));
  }

  /** With one fresh token when the platform refuses the one in use: it took nothing then. */
  private async send<R extends SendResult>(channelId: string, call: (adapter: ChannelAdapter, token: string) => Promise<R> | undefined): Promise<R | SendResult> {
    const channel = await this.access.forUse(channelId);
    const held = await this.tokens.take(channel);
    if (!held.ok) return notSent(held);
    const first = await call(channel.adapter, held.value.token);
    if (first?.outcome !== 'token_expired') return first ?? { outcome: 'unsupported' };
    const fresh = await this.tokens.replace(channel, held.value);
    return fresh.ok ? ((await call(channel.adapter, fresh.value.token)) ?? { outcome: 'unsupported' }) : notSent(fresh);
  }

  private async ask<T>(channelId: string, call: (adapter: ChannelAdapter, token: string) => Promise<PlatformResult<T>> | undefined): Promise<PlatformResult<T>> {
    const channel: OpenChannel = await this.access.forUse(channelId);
    const held = await this.tokens.take(channel);
    if (!held.ok) return held;
    const first = await call(channel.adapter, held.value.token);
    if (first === undefined || first.ok || first.kind !== 'token_expired') return first ?? NOT_SPOKEN;
    const fresh = await this.tokens.replace(channel, held.value);
    return fresh.ok ? ((await call(channel.adapter, fresh.value.token)) ?? NOT_SPOKEN) : fresh;
  }
}

/** No token, so nothing was sent. */
function notSent({ kind, problem, code, detail }: PlatformFailure): SendResult {
  if (kind === 'forbidden' || kind === 'invalid') return { outcome: 'refused', reason: 'account', problem, code, detail };
  return { outcome: 'upstream', mayHaveBeenSent: false, problem, code, detail };
}
