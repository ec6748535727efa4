// The accounts of a customer-service channel for the console, and their greetings.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid, notFound } from '../../../core/errors/app-error.js';
import type { Refusal } from '../../../core/graphql/refusal.js';
import { kfOf } from '../adapters/wechat-kf/kf.adapter.js';
import { ChannelAccess } from '../channel-access.service.js';
import { ChannelsRepository } from '../channels.repository.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';
import { KfRepository, type KfAccountRow } from './kf.repository.js';

const SCENE = /^[0-9A-Za-z_-]{0,32}$/u;
const MOST_WELCOME = 600; // the platform takes 2,048 bytes

@Injectable()
export class KfAccounts {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly repository: KfRepository,
    private readonly channels: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly calls: PlatformCalls,
  ) {}

  /** @throws NOT_FOUND; INVALID for a channel of another kind */
  async list(channelId: string): Promise<KfAccountRow[]> {
    await this.calls.open(channelId, kfOf);
    return this.db.read(() => this.repository.list(channelId));
  }

  /** Takes over what is set up at the platform; the first account speaks where nobody says which. */
  async sync(channelId: string): Promise<KfAccountRow[] | Refusal> {
    const { channel, account } = await this.calls.open(channelId, kfOf);
    const listed = await this.calls.ask(channel, (token) => account.desk.accounts(token));
    if (!listed.ok) return refusedBy(listed);
    const rows = await this.db.write(async () => {
      await this.repository.store(channelId, listed.value);
      const kept = await this.repository.list(channelId);
      const speaks = channel.row.settings['openKfId'];
      if (!kept.some((row) => row.externalId === speaks)) await this.channels.patch(channelId, { settings: { ...channel.row.settings, openKfId: kept[0]?.externalId ?? '' } });
      return kept;
    });
    this.access.forget(channelId);
    return rows;
  }

  /** A link that opens the chat. @throws NOT_FOUND, INVALID */
  async link(id: string, scene: string): Promise<string | Refusal> {
    if (!SCENE.test(scene)) throw invalid('scene', 'bad_format', 'scene has at most 32 letters, digits, "-" or "_".');
    const row = await this.get(id);
    const { channel, account } = await this.calls.open(row.channelId, kfOf);
    const made = await this.calls.ask(channel, (token) => account.desk.link(row.externalId, scene, token));
    return made.ok ? made.value : refusedBy(made);
  }

  /** What greets those who enter by a link and have not talked for two days; '' for nothing. @throws NOT_FOUND, INVALID */
  async setWelcome(id: string, text: string): Promise<KfAccountRow> {
    if (Array.from(text.trim()).length > MOST_WELCOME) throw invalid('text', 'too_long', `text has at most ${MOST_WELCOME} characters.`, { max: MOST_WELCOME });
    const row = await this.db.write(() => this.repository.setWelcome(id, text.trim()));
    if (!row) throw notFound('kf_account', id);
    return row;
  }

  /** The greeting of an account, for those who send it; undefined for none. */
  async welcomeOf(channelId: string, externalId: string): Promise<string | undefined> {
    return (await this.db.read(() => this.repository.byExternalId(channelId, externalId)))?.welcomeText || undefined;
  }

  private async get(id: string): Promise<KfAccountRow> {
    const row = await this.db.read(() => this.repository.find(id));
    if (!row) throw notFound('kf_account', id);
    return row;
  }
}
