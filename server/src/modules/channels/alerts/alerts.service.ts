// What is wrong with the accounts just now, and what stands still because of it.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { notFound } from '../../../core/errors/app-error.js';
import { Audit } from '../../tenants/index.js';
import type { ChannelEvent } from '../adapter.js';
import { ChannelAccess } from '../channel-access.service.js';
import { ChannelLifecycle } from '../channel-lifecycle.service.js';
import { ChannelsRepository, type ChannelRow } from '../channels.repository.js';
import { QuotasService } from '../quotas/quotas.service.js';
import { AlertsRepository, type AlertRow, type Blocks } from './alerts.repository.js';

type Penalty = Extract<ChannelEvent, { type: 'account.penalised' }>;

export interface AlertView {
  id: string;
  kind: 'penalty' | 'channel_failing' | 'quota_low';
  channelId: string;
  channelName: string;
  blocks: Blocks;
  problem: string;
  detail: string;
  since: Date;
  until: Date | null;
  canResolve: boolean;
  link: string;
}

/** Why a channel is paused when the platform's penalty did it, and no person. */
const PENALISED = 'account_penalised';
const GRAVITY: Record<Blocks, number> = { account: 3, sending: 2, templates: 1, nothing: 0 };
/** From this share on a day's or month's ceiling is worth a word. */
const LOW = 0.9;

@Injectable()
export class AlertsService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: AlertsRepository,
    private readonly channels: ChannelsRepository,
    private readonly access: ChannelAccess,
    private readonly lifecycle: ChannelLifecycle,
    private readonly quotas: QuotasService,
    private readonly audit: Audit,
  ) {}

  /** What the platform told of penalties. Told twice, it is one alert. */
  async penalised(channelId: string, penalties: readonly Penalty[]): Promise<void> {
    for (const penalty of penalties) await this.enter(channelId, penalty);
    this.access.forget(channelId);
  }

  /** Everything open, the gravest first. */
  async list(): Promise<AlertView[]> {
    const { rows, alerts } = await this.db.read(async () => ({ rows: await this.channels.list(), alerts: await this.repository.openOnes() }));
    const byId = new Map(rows.map((row) => [row.id, row]));
    const quotas = await Promise.all(rows.filter((row) => row.status !== 'disconnected').map((row) => this.lowQuotas(row)));
    const all = [...alerts.flatMap((alert) => penaltyView(alert, byId.get(alert.channelId)) ?? []), ...rows.flatMap((row) => failingView(row) ?? []), ...quotas.flat()];
    return all.toSorted((a, b) => GRAVITY[b.blocks] - GRAVITY[a.blocks] || b.since.getTime() - a.since.getTime());
  }

  /** A person settled it with the platform. @throws NOT_FOUND */
  async resolve(id: string): Promise<void> {
    const alert = await this.db.read(() => this.repository.find(id));
    if (!alert) throw notFound('alert', id);
    await this.settle(alert, 'staff');
  }

  /** Penalties whose end the platform named go with it. */
  async settleOver(): Promise<void> {
    for (const alert of await this.db.read(() => this.repository.over(this.clock.now()))) await this.settle(alert, 'time');
  }

  private async enter(channelId: string, penalty: Penalty): Promise<void> {
    await this.db.write(async () => {
      const { detail, blocks } = penalty;
      // A penalty of one template stops that one; only when the words name none of ours does everything wait.
      const isOfTemplate = blocks === 'templates' && (await this.repository.stopTemplates(channelId, detail)) > 0;
      const isNew = await this.repository.open({
        channelId, kind: 'penalty', subject: isOfTemplate ? detail.slice(0, 200) : '', detail, blocks, since: new Date(penalty.at), until: penalty.until === undefined ? null : new Date(penalty.until),
      });
      if (!isNew || blocks === 'nothing') return;
      const row = await this.channels.find(channelId);
      if (isOfTemplate || !row || row.status === 'disconnected' || row.status === 'paused') return;
      await this.channels.patch(channelId, { status: 'paused', status_reason: PENALISED });
      await this.audit.record('channel.pause', { kind: 'channel', id: channelId }, { why: PENALISED });
    });
  }

  private async settle(alert: AlertRow, by: string): Promise<void> {
    const goesOn = await this.db.write(async () => {
      if (!(await this.repository.resolve(alert.id, by, this.clock.now()))) return false;
      await this.audit.record('alert.resolve', { kind: 'channel', id: alert.channelId }, { alert: alert.id, by });
      const row = await this.channels.find(alert.channelId);
      return row?.status === 'paused' && row.status_reason === PENALISED && !(await this.repository.blocks(alert.channelId));
    });
    if (goesOn) await this.lifecycle.resume(alert.channelId);
  }

  private async lowQuotas(row: ChannelRow): Promise<AlertView[]> {
    const low = (await this.quotas.of(row.id)).filter(({ window, used, limit, runsOutAt }) => (window === 'day' || window === 'month') && (used >= limit * LOW || runsOutAt !== null));
    return low.map(({ rule, used, limit, resetsAt, runsOutAt }) => ({
      id: `${row.id}/${rule}`, kind: 'quota_low', channelId: row.id, channelName: row.name, blocks: used >= limit ? 'sending' : 'nothing', problem: rule,
      detail: `${used}/${limit}`, since: runsOutAt ?? this.clock.now(), until: resetsAt, canResolve: false, link: `/channels/${row.id}`,
    }));
  }
}

function penaltyView(alert: AlertRow, row: ChannelRow | undefined): AlertView | undefined {
  if (!row || row.status === 'disconnected') return undefined;
  const { id, channelId, blocks, detail, since, until } = alert;
  return { id, kind: 'penalty', channelId, channelName: row.name, blocks, problem: blocks === 'nothing' ? 'account_warned' : PENALISED, detail, since, until, canResolve: true, link: `/channels/${channelId}` };
}

/** An account that cannot work says so by its own state: there is no second book to keep. */
function failingView(row: ChannelRow): AlertView | undefined {
  if (row.status !== 'failing') return undefined;
  const since = Object.values(row.checks).flatMap((step) => (step && step.state === 'failed' && step.at ? [new Date(step.at)] : []))[0] ?? row.created_at;
  return { id: row.id, kind: 'channel_failing', channelId: row.id, channelName: row.name, blocks: 'sending', problem: row.status_reason ?? 'unknown', detail: '', since, until: null, canResolve: false, link: `/channels/${row.id}` };
}
