// SQL of welcomes: one row per code, made by whoever sends it.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface WelcomeClaim {
  channelId: string;
  code: string;
  externalId: string;
  employee: string;
  liveCodeId: string | null;
}

export type WelcomeState = 'sent' | 'expired' | 'failed' | 'unknown';

export interface WelcomeFigures {
  sent: number;
  expired: number;
  failed: number;
  unknown: number;
  slowMs: number | null;
}

@Injectable()
export class WelcomesRepository {
  constructor(private readonly db: TenantDb) {}

  /** False when somebody sends it already. */
  async claim(claim: WelcomeClaim): Promise<boolean> {
    return (await this.db.exec(
      `insert into welcomes (tenant_id, channel_id, code, external_id, employee, live_code_id) values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, channel_id, code) do nothing`,
      [currentTenantId(), claim.channelId, claim.code, claim.externalId, claim.employee, claim.liveCodeId],
    )) > 0;
  }

  async settle(channelId: string, code: string, end: { state: WelcomeState; problem: string | undefined; tookMs: number }): Promise<void> {
    await this.db.exec('update welcomes set state = $3, problem = $4, took_ms = $5 where channel_id = $1 and code = $2', [channelId, code, end.state, end.problem ?? null, end.tookMs]);
  }

  /** Left by a process that died while sending: the platform may have them. */
  giveUp(): Promise<number> {
    return this.db.exec(`update welcomes set state = 'unknown', problem = 'platform_silent' where state = 'sending' and created_at < now() - interval '2 minutes'`);
  }

  async forget(): Promise<void> {
    await this.db.exec(`delete from welcomes where created_at < now() - interval '90 days'`);
  }

  async figures(channelId: string): Promise<WelcomeFigures> {
    const row = await this.db.one<WelcomeFigures>(
      `select count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'expired') as expired, count(*) filter (where state = 'failed') as failed,
         count(*) filter (where state = 'unknown') as unknown, percentile_disc(0.99) within group (order by took_ms) filter (where state = 'sent') as "slowMs"
       from welcomes where channel_id = $1 and created_at > now() - interval '30 days'`, [channelId]);
    return row ?? { sent: 0, expired: 0, failed: 0, unknown: 0, slowMs: null };
  }

  /** When the earliest of these pushes came in. */
  async receivedAt(inboundIds: readonly string[]): Promise<Date | undefined> {
    return (await this.db.one<{ at: Date | null }>('select min(received_at) as at from inbound where id = any($1)', [inboundIds]))?.at ?? undefined;
  }
}
