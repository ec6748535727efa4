// Greets who enters a customer-service chat by a link, as the merchant set it up. The code that the event brought allows it once, within
// twenty seconds, and costs nothing of the window.
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { LOG, type Log } from '../../../core/log.js';
import { ChannelSender, KfAccounts, type ChannelEvent } from '../../channels/index.js';
import { ConversationsRepository } from './conversations.repository.js';

type Entered = Extract<ChannelEvent, { type: 'customer.entered' }>;

const CODE_LASTS_MS = 20_000;

@Injectable()
export class Welcomes {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly accounts: KfAccounts,
    private readonly repository: ConversationsRepository,
    private readonly sender: ChannelSender,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Once for each event: written down first, so that a second run of the job does not greet again. */
  async greet(channelId: string, { externalId, accountId = '', welcomeCode, at, dedupKey }: Entered): Promise<void> {
    const now = this.clock.now();
    if (welcomeCode === undefined || now.getTime() - Date.parse(at) > CODE_LASTS_MS) return;
    const text = await this.accounts.welcomeOf(channelId, accountId);
    if (text === undefined) return;
    const id = await this.db.write(() => this.repository.welcome({ id: newId(), channelId, externalId, accountId, text, sourceKey: `welcome:${dedupKey}`, at: now }));
    if (id === undefined) return;
    const result = await this.sender.send(channelId, { kind: 'window', to: externalId, accountId, welcomeCode, clientId: id.replaceAll('-', ''), content: { type: 'text', text } });
    if (result.outcome === 'accepted' || (result.outcome === 'upstream' && result.mayHaveBeenSent)) return;
    this.log.warn({ channelId, outcome: result.outcome, ...('code' in result ? { code: result.code } : {}) }, 'a greeting was not sent');
    await this.db.write(() => this.repository.forgetWelcome(id));
  }
}
