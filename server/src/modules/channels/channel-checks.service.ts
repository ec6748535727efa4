// The live check: each step is tried at the platform now, recorded, and adds up to the channel's status.
import { Injectable } from '@nestjs/common';
import type { PlatformProblem } from '@huiliu/shared';
import { isPlatformProblem } from '@huiliu/shared';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { refusal, type Refusal } from '../../core/graphql/refusal.js';
import type { PlatformFailure } from './adapter.js';
import { ChannelAccess, type OpenChannel } from './channel-access.service.js';
import { callbackCheck, statusAfter, type CheckResult, type Checks } from './channel.js';
import { ChannelsRepository, type ChannelRow } from './channels.repository.js';
import { TemplatesService } from './templates.service.js';
import { ChannelTokens } from './tokens/channel-tokens.service.js';

@Injectable()
export class ChannelChecks {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly tokens: ChannelTokens,
    private readonly templates: TemplatesService,
    private readonly clock: Clock,
  ) {}

  /** Credentials, then templates, then whether callbacks arrive. A later step waits while an earlier one fails. */
  async run(channelId: string): Promise<Checks> {
    this.access.forget(channelId);
    const channel = await this.access.forUse(channelId);
    const checks: Checks = { callback: this.callback(channel.row), credentials: await this.credentials(channel) };
    if (channel.adapter.capabilities.templates) checks.templates = checks.credentials?.state === 'ok' ? await this.syncStep(channel) : { state: 'waiting' };
    await this.record(channel, checks);
    return checks;
  }

  /** Takes the platform's templates over. Refused: `platform_refused` {problem, platformCode}. */
  async syncTemplates(channelId: string): Promise<Refusal | undefined> {
    const channel = await this.access.forUse(channelId);
    const step = await this.syncStep(channel);
    await this.record(channel, { templates: step });
    return step.state === 'failed' && step.reason !== 'no_templates' ? refusal('platform_refused', { problem: step.reason, platformCode: step.errorCode }) : undefined;
  }

  /** The callback step as of now: it changes by itself, so it is read and not recorded. */
  callback(row: ChannelRow): CheckResult {
    const rejection = row.last_rejection === null ? undefined : { at: new Date(row.last_rejection.at), reason: row.last_rejection.reason };
    return callbackCheck(row.last_callback_at ?? undefined, rejection);
  }

  private async credentials(channel: OpenChannel): Promise<CheckResult> {
    const held = await this.tokens.probe(channel);
    return held.ok ? this.fine() : this.failed(held);
  }

  private async syncStep(channel: OpenChannel): Promise<CheckResult> {
    const listed = await this.templates.sync(channel);
    if (!listed.ok) return this.failed(listed);
    // A mini program without templates can ask for no permit; the others have more to speak with.
    return listed.value.length > 0 || channel.row.platform !== 'wechat_mini_program' ? this.fine() : { state: 'failed', at: this.clock.now().toISOString(), reason: 'no_templates' };
  }

  private async record(channel: OpenChannel, checks: Checks): Promise<void> {
    await this.db.write(async () => {
      const all = await this.repository.recordChecks(channel.row.id, checks);
      const { status, reason } = statusAfter(channel.row.status, all);
      await this.repository.patch(channel.row.id, { status, status_reason: reason ?? null });
    });
    this.access.forget(channel.row.id);
  }

  private fine(): CheckResult {
    return { state: 'ok', at: this.clock.now().toISOString() };
  }

  private failed({ problem, code }: PlatformFailure): CheckResult {
    const reason: PlatformProblem = isPlatformProblem(problem) ? problem : 'unknown';
    return { state: 'failed', at: this.clock.now().toISOString(), reason, ...(code === 0 ? {} : { errorCode: code }) };
  }
}
