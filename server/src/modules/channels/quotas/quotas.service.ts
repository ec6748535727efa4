// What an account may still ask of its platform today: our count, the platform's own, and setting it back.
import { Injectable } from '@nestjs/common';
import { QUOTA_RULES, type QuotaRule, runsOutAt, windowEnd, windowStart } from '@huiliu/shared';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid } from '../../../core/errors/app-error.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { Audit } from '../../tenants/index.js';
import { WeChatAccount } from '../adapters/wechat/wechat.account.js';
import { clearQuota, type ToldQuota, toldQuota } from '../adapters/wechat/wechat.quotas.js';
import { ChannelAccess } from '../channel-access.service.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';
import { QuotaMeter } from './quota-meter.service.js';
import { QuotasRepository, type UsageRow } from './quotas.repository.js';

export interface QuotaView {
  rule: string;
  nameZh: string;
  nameEn: string;
  subject: string;
  window: string;
  used: number;
  limit: number;
  isTold: boolean;
  toldAt: Date | null;
  resetsAt: Date;
  runsOutAt: Date | null;
}

export interface QuotasView {
  __typename: 'ChannelQuotas';
  items: QuotaView[];
}

@Injectable()
export class QuotasService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: QuotasRepository,
    private readonly meter: QuotaMeter,
    private readonly access: ChannelAccess,
    private readonly calls: PlatformCalls,
    private readonly audit: Audit,
  ) {}

  /** Ceilings that were touched, the tightest first. @throws NOT_FOUND */
  async of(channelId: string): Promise<QuotaView[]> {
    await this.access.forUse(channelId);
    await this.meter.tell();
    const now = this.clock.now();
    const rows = await this.db.read(() => this.repository.ofChannel(channelId));
    return rows.flatMap((row) => viewOf(row, now) ?? []).toSorted((a, b) => b.used / b.limit - a.used / a.limit || a.rule.localeCompare(b.rule));
  }

  /** @throws NOT_FOUND */
  async unmapped(channelId: string) {
    await this.access.forUse(channelId);
    await this.meter.tell();
    return this.db.read(() => this.repository.unmappedOf(channelId));
  }

  /** Asks the platform for its count of what it tells. @throws NOT_FOUND; INVALID for a platform that tells none; upstream */
  async refresh(channelId: string): Promise<QuotasView | Refusal> {
    const { channel, account } = await this.open(channelId);
    for (const rule of QUOTA_RULES) {
      if (!rule.isTold || !rule.platforms.includes(channel.row.platform)) continue;
      const told = await this.calls.ask(channel, (token) => toldQuota(account, token, rule.paths[0]!));
      // An interface that this account never had is no reason to stop: the platform then says that the path is wrong.
      if (!told.ok && told.problem === 'our_mistake') continue;
      if (!told.ok) return refusedBy(told);
      await this.store(channelId, rule, told.value);
    }
    await this.meter.forget(channelId);
    return { __typename: 'ChannelQuotas', items: await this.of(channelId) };
  }

  /** Sets the daily counts back at the platform. Refused: quota_clear_used_up, platform_refused. @throws as above */
  async clear(channelId: string): Promise<QuotasView | Refusal> {
    const { channel, account } = await this.open(channelId);
    const done = await this.calls.ask(channel, (token) => clearQuota(account, token));
    if (!done.ok && (done.problem === 'clear_used_up' || done.kind === 'throttled')) return refusal('quota_clear_used_up', { problem: done.problem });
    if (!done.ok) return refusedBy(done);
    const daily = QUOTA_RULES.filter((rule) => rule.window === 'day').map((rule) => rule.key);
    await this.meter.forget(channelId);
    await this.db.write(async () => {
      await this.repository.cleared(channelId, daily, this.clock.now());
      await this.audit.record('channel.clear_quotas', { kind: 'channel', id: channelId });
    });
    await this.meter.forget(channelId);
    return { __typename: 'ChannelQuotas', items: await this.of(channelId) };
  }

  private async open(channelId: string) {
    const channel = await this.access.forUse(channelId);
    if (!(channel.adapter instanceof WeChatAccount)) throw invalid('channelId', 'wrong_platform', 'This platform does not tell its counts.', { platform: channel.row.platform });
    return { channel, account: channel.adapter };
  }

  private async store(channelId: string, rule: QuotaRule, told: ToldQuota): Promise<void> {
    const now = this.clock.now();
    await this.db.write(() => this.repository.told(channelId, { rule: rule.key, windowStart: windowStart(rule.window, now), used: told.used, limit: told.dailyLimit }, now));
  }
}

/** A row as it stands now: a window that is over counts nothing. */
function viewOf(row: UsageRow, now: Date): QuotaView | undefined {
  const rule = QUOTA_RULES.find((one) => one.key === row.rule);
  if (!rule) return undefined;
  const start = windowStart(rule.window, now);
  const isOver = row.windowStart < start;
  const used = isOver ? 0 : row.used;
  const limit = row.toldLimit ?? rule.limit;
  const resetsAt = windowEnd(rule.window, start);
  const out = isOver ? undefined : runsOutAt({ used, limit, markUsed: row.markUsed, markAt: row.markAt, resetsAt }, now);
  return { rule: rule.key, nameZh: rule.zh, nameEn: rule.en, subject: row.subject, window: rule.window, used, limit, isTold: row.toldLimit !== null, toldAt: row.toldAt, resetsAt, runsOutAt: out ?? null };
}
