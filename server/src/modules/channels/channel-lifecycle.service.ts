// Pausing, resuming and ending a connected account.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { conflict, notFound } from '../../core/errors/app-error.js';
import { Audit } from '../tenants/index.js';
import { GrantsRepository } from './authorisation/grants.repository.js';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelChecks } from './channel-checks.service.js';
import { ChannelsRepository, type ChannelPatch, type ChannelRow } from './channels.repository.js';
import { ChannelRatesRepository } from './rates/channel-rates.repository.js';
import { ChannelTokens } from './tokens/channel-tokens.service.js';

@Injectable()
export class ChannelLifecycle {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly tokens: ChannelTokens,
    private readonly rates: ChannelRatesRepository,
    private readonly checks: ChannelChecks,
    private readonly audit: Audit,
    private readonly grants: GrantsRepository,
  ) {}

  /** Nothing is sent while it is paused; callbacks are still taken. @throws conflict after a disconnect. */
  pause(id: string): Promise<void> {
    return this.change('channel.pause', id, { status: 'paused', status_reason: null });
  }

  /** Back to work, in the state that a fresh check finds. @throws conflict after a disconnect. */
  async resume(id: string): Promise<void> {
    await this.change('channel.resume', id, { status: 'connecting', status_reason: null }, () => this.rates.unblock(id));
    await this.checks.run(id);
  }

  /** Ends it for good: secrets are wiped, callbacks answered as unknown. History stays. */
  disconnect(id: string): Promise<void> {
    return this.change('channel.disconnect', id, { status: 'disconnected', status_reason: null, credentials: null }, async () => {
      await this.tokens.drop(id);
      await this.grants.end(id);
    });
  }

  private async change(action: string, id: string, patch: ChannelPatch, alsoDo: () => Promise<void> = async () => undefined): Promise<void> {
    await this.db.write(async () => {
      refuseEnded(await this.repository.find(id), id);
      await this.repository.patch(id, patch);
      await alsoDo();
      await this.audit.record(action, { kind: 'channel', id });
    });
    this.access.forget(id);
  }
}

function refuseEnded(row: ChannelRow | undefined, id: string): void {
  if (row === undefined) throw notFound('channel', id);
  if (row.status === 'disconnected') throw conflict('channel', 'This account was disconnected. Connect it again.');
}
