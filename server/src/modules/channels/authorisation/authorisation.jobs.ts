// Background work of grants.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { Clock } from '../../../core/clock.js';
import { AppError } from '../../../core/errors/app-error.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Cron, OnJob } from '../../../core/jobs/decorators.js';
import { isSealedByOldKey, open, seal, type Place } from '../channel.secrets.js';
import { ChannelsRepository, type ChannelRow } from '../channels.repository.js';
import { AuthorisedChannels } from './authorised-channels.service.js';
import { ComponentApi } from './component.client.js';
import { ComponentTokens } from './component-tokens.service.js';
import { refreshGrant } from './authorisation.job.js';
import { isComponentPlatform } from './grant.js';
import { GrantsRepository } from './grants.repository.js';

@Injectable()
export class AuthorisationJobs {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly channels: ChannelsRepository,
    private readonly grants: GrantsRepository,
    private readonly api: ComponentApi,
    private readonly component: ComponentTokens,
    private readonly authorised: AuthorisedChannels,
    private readonly clock: Clock,
  ) {}

  /** After WeChat said that the merchant changed what is granted: ask what it is now. */
  @OnJob(refreshGrant)
  async refresh({ channelId }: { channelId: string }): Promise<void> {
    const row = await this.db.read(() => this.channels.find(channelId));
    if (row === undefined || row.authorisation !== 'platform' || !isComponentPlatform(row.platform) || this.config.component === undefined) return;
    const account = await this.component.with((token) => this.api.account(token, row.app_id));
    if (account.ok) await this.db.write(() => this.grants.setPermissions(channelId, account.value.permissions));
    else if (account.problem === 'authorization_gone') await this.authorised.revoke(channelId, this.clock.now());
    else if (account.kind === 'upstream' || account.kind === 'throttled') throw new AppError('upstream', 'WeChat did not say what is granted now.', { problem: account.problem });
  }

  /** Repairs what lost pushes left out: a grant that was changed or taken back unheard. */
  @Cron('channels.reconcile_grants', '37 3 * * *')
  async reconcile(): Promise<void> {
    for (const row of await this.db.read(() => this.channels.list())) {
      if (row.authorisation === 'platform' && row.grant_ended_at === null && row.status !== 'disconnected') await this.refresh({ channelId: row.id });
    }
  }

  /** After SECRET_KEY changed: refresh tokens live for years, so they must not hang on the old key. */
  @Cron('channels.reseal_grants', '19 * * * *')
  async reseal(): Promise<void> {
    for (const row of await this.db.read(() => this.channels.list())) if (row.authorisation === 'platform') await this.resealOne(row);
  }

  private async resealOne(row: ChannelRow): Promise<void> {
    const place: Place = { tenantId: row.tenant_id, channelId: row.id, purpose: 'grant' };
    await this.db.write(async () => {
      const envelope = (await this.grants.lock(row.id))?.refresh_token;
      if (!envelope || !isSealedByOldKey(this.config.secretKeys, envelope)) return;
      const plain = open(this.config.secretKeys, place, envelope);
      if (plain !== undefined) await this.grants.setRefreshToken(row.id, seal(this.config.secretKeys, place, plain));
    });
  }
}
