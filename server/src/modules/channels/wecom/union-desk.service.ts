// A provider's app is never told a contact's union id. It may ask the other way round: who is this visitor of the merchant's mini program?
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { PlatformResult } from '../adapter.js';
import { wecomOf } from '../adapters/wecom/wecom.adapter.js';
import { ChannelsRepository } from '../channels.repository.js';
import { PlatformCalls } from '../platform-calls.service.js';

@Injectable()
export class UnionDesk {
  constructor(private readonly db: TenantDb, private readonly channels: ChannelsRepository, private readonly calls: PlatformCalls) {}

  /** The tenant's corps that an app of the operator's speaks for. */
  async accounts(): Promise<string[]> {
    const rows = await this.db.read(() => this.channels.list());
    return rows.filter((row) => row.platform === 'wecom' && row.authorisation === 'platform' && row.status === 'live').map((row) => row.id);
  }

  /** The contact's id, '' when this person is no contact (yet). Both ids must come from the same mini program. */
  async find(channelId: string, who: { unionId: string; openid: string }): Promise<PlatformResult<string>> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    const found = await this.calls.ask(channel, (token) => account.contacts.byUnionId(who, token));
    return found.ok ? { ok: true, value: found.value.externalId } : found;
  }
}
