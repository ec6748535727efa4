// An official account's tags at the platform, for the module that knows what they mean here.
import { Injectable } from '@nestjs/common';
import { isRefusal, type Refusal } from '../../../core/graphql/refusal.js';
import type { PlatformResult } from '../adapter.js';
import { FIRST_OWN_TAG, TAGGING_BATCH, type AccountTag } from '../adapters/wechat-official-account/account-tags.client.js';
import { officialOf, type OfficialAccount } from '../adapters/wechat-official-account/official.adapter.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';

export { TAGGING_BATCH };

@Injectable()
export class OfficialTags {
  constructor(private readonly calls: PlatformCalls) {}

  /** @throws NOT_FOUND; INVALID for an account that keeps no tags */
  async check(channelId: string): Promise<void> {
    await this.calls.open(channelId, officialOf);
  }

  /** The merchant's own; the platform's (starred, blocked) are left out. */
  async list(channelId: string): Promise<AccountTag[] | Refusal> {
    const tags = await this.ask(channelId, (account, token) => account.tags.list(token));
    return isRefusal(tags) ? tags : tags.filter((tag) => tag.id >= FIRST_OWN_TAG);
  }

  create(channelId: string, name: string): Promise<AccountTag | Refusal> {
    return this.ask(channelId, (account, token) => account.tags.create(name, token));
  }

  /** At most TAGGING_BATCH followers. */
  async put(channelId: string, id: number, openids: readonly string[]): Promise<Refusal | undefined> {
    const done = await this.ask(channelId, (account, token) => account.tags.put(id, openids, token));
    return done === true ? undefined : done;
  }

  private async ask<T>(channelId: string, call: (account: OfficialAccount, token: string) => Promise<PlatformResult<T>>): Promise<T | Refusal> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    const result = await this.calls.ask(channel, (token) => call(account, token));
    return result.ok ? result.value : refusedBy(result);
  }
}
