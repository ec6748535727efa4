// The corp's tags at the platform, for the module that knows what they mean here.
import { Injectable } from '@nestjs/common';
import type { Refusal } from '../../../core/graphql/refusal.js';
import type { CorpTag } from '../adapters/wecom/corp-tags.client.js';
import { wecomOf } from '../adapters/wecom/wecom.adapter.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';

/** The group that our tags go into: an app may change only the tags it made, so they keep to themselves. */
const GROUP = '回流';

@Injectable()
export class CorpTagsDesk {
  constructor(private readonly calls: PlatformCalls) {}

  /** @throws NOT_FOUND; INVALID for an account of another kind */
  async check(channelId: string): Promise<void> {
    await this.calls.open(channelId, wecomOf);
  }

  async list(channelId: string): Promise<CorpTag[] | Refusal> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    const tags = await this.calls.ask(channel, (token) => account.tags.list(token));
    return tags.ok ? tags.value : refusedBy(tags);
  }

  async create(channelId: string, name: string): Promise<CorpTag[] | Refusal> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    const made = await this.calls.ask(channel, (token) => account.tags.add(GROUP, [name], token));
    return made.ok ? made.value : refusedBy(made);
  }
}
