// The access token of a channel: from the merchant's own secret, or from the grant to our platform app. Adapters know no difference.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { PlatformResult } from '../adapter.js';
import { GrantTokens, REVOKED } from '../authorisation/grant-tokens.service.js';
import type { OpenChannel } from '../channel-access.service.js';
import { open as openSecret, seal, type Place } from '../channel.secrets.js';
import { ChannelTokensRepository } from './channel-tokens.repository.js';
import { TokenLine, type HeldToken, type TokenOwner, type TokenRows } from './token-line.service.js';

export type { HeldToken } from './token-line.service.js';

@Injectable()
export class ChannelTokens {
  private readonly line: TokenLine;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly repository: ChannelTokensRepository,
    private readonly grants: GrantTokens,
  ) {
    this.line = new TokenLine(this.rows());
  }

  /** A token that should work. Needs the tenant; must not run inside a write (it may call the platform). */
  async take(channel: OpenChannel): Promise<PlatformResult<HeldToken>> {
    return this.isEnded(channel) ? REVOKED : this.line.take(this.ownerOf(channel));
  }

  /** Another one, because the platform refused this: the next number if someone has fetched it already. */
  async replace(channel: OpenChannel, refused: HeldToken): Promise<PlatformResult<HeldToken>> {
    return this.isEnded(channel) ? REVOKED : this.line.replace(this.ownerOf(channel), refused);
  }

  /** Asks the platform itself, not our cache: a secret that was reset or a grant that was taken back must show. */
  async probe(channel: OpenChannel): Promise<PlatformResult<HeldToken>> {
    if (this.isEnded(channel)) return REVOKED;
    if (this.grants.speaksFor(channel.row)) {
      // A grant's new token ends the one before, so it is not tried beside the one in use but put in its place.
      await this.db.write(() => this.drop(channel.row.id));
      return this.take(channel);
    }
    const issued = await channel.adapter.issueToken(false);
    return issued.ok ? this.take(channel) : issued;
  }

  /** The secret changed: forget the token, here and in the row. Inside the caller's write. */
  async drop(channelId: string): Promise<void> {
    this.line.forget(channelId);
    await this.repository.drop(channelId);
  }

  /** Forgets what this process holds, as a restart would. */
  forgetHeld(): void {
    this.line.forget();
  }

  private ownerOf(channel: OpenChannel): TokenOwner {
    const place: Place = { tenantId: channel.tenantId, channelId: channel.row.id, purpose: 'token' };
    return {
      key: channel.row.id,
      seal: (token) => seal(this.config.secretKeys, place, token),
      open: (envelope) => openSecret(this.config.secretKeys, place, envelope),
      issue: (force) => (this.grants.speaksFor(channel.row) ? this.grants.issue(channel.row) : channel.adapter.issueToken(force)),
    };
  }

  /** The merchant took the grant back: a token that this process still holds is not used up, whatever it is worth. */
  private isEnded({ row }: OpenChannel): boolean {
    if (row.grant_ended_at === null) return false;
    this.line.forget(row.id);
    return true;
  }

  private rows(): TokenRows {
    const { db, repository } = this;
    return {
      find: (id) => db.read(() => repository.find(id)),
      lease: (id, holder, refused, forMs) => db.write(() => repository.lease(id, holder, refused, forMs)),
      store: (id, holder, token, goodFor) => db.write(() => repository.store(id, holder, token, goodFor)),
      fail: (id, holder, failure) => db.write(() => repository.fail(id, holder, failure)),
    };
  }
}
