// Channels as the API shows them, for the modules above that point at one.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { ChannelAccess } from './channel-access.service.js';
import { ChannelChecks } from './channel-checks.service.js';
import { presentChannel, type ChannelView } from './channel-view.js';
import type { ChannelRow } from './channels.repository.js';
import { ChannelsService } from './channels.service.js';

@Injectable()
export class ChannelViews {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly service: ChannelsService,
    private readonly checks: ChannelChecks,
    private readonly access: ChannelAccess,
  ) {}

  /** All of the merchant's connected accounts: there are a handful. */
  async all(): Promise<ChannelView[]> {
    return (await this.service.list()).map((row) => this.of(row));
  }

  /** One row, with the callback step as it stands now. */
  of(row: ChannelRow): ChannelView {
    return presentChannel(row, { publicUrl: this.config.publicUrl, callback: this.checks.callback(row), credentials: this.access.credentialsOf(row) });
  }
}
