// SQL of alerts: one open row per account, kind and subject.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';

export type Blocks = 'sending' | 'templates' | 'account' | 'nothing';

export interface NewAlert {
  channelId: string;
  kind: string;
  subject: string;
  detail: string;
  blocks: Blocks;
  since: Date;
  until: Date | null;
}

export interface AlertRow extends NewAlert {
  id: string;
}

const COLUMNS = 'id, channel_id as "channelId", kind, subject, detail, blocks, since, until';

@Injectable()
export class AlertsRepository {
  constructor(private readonly db: TenantDb) {}

  /** Told again it only gets the newest words; told after it was settled, of the same moment, it stays settled. */
  async open(alert: NewAlert): Promise<boolean> {
    const rows = await this.db.query<{ isNew: boolean }>(
      `insert into alerts as a (tenant_id, id, channel_id, kind, subject, detail, blocks, since, until)
       select app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8
       where not exists (select 1 from alerts o where o.channel_id = $2 and o.kind = $3 and o.subject = $4 and o.since >= $7 and o.resolved_at is not null)
       on conflict (tenant_id, channel_id, kind, subject) where resolved_at is null do update set detail = excluded.detail, until = excluded.until,
         blocks = case when a.blocks = 'nothing' then excluded.blocks else a.blocks end
       returning (xmax = 0) as "isNew"`,
      [newId(), alert.channelId, alert.kind, alert.subject, alert.detail, alert.blocks, alert.since, alert.until],
    );
    return rows[0]?.isNew ?? false;
  }

  openOnes(): Promise<AlertRow[]> {
    return this.db.query<AlertRow>(`select ${COLUMNS} from alerts where resolved_at is null order by since desc, id`);
  }

  find(id: string): Promise<AlertRow | undefined> {
    return this.db.one<AlertRow>(`select ${COLUMNS} from alerts where id = $1 and resolved_at is null`, [id]);
  }

  over(now: Date): Promise<AlertRow[]> {
    return this.db.query<AlertRow>(`select ${COLUMNS} from alerts where resolved_at is null and until <= $1`, [now]);
  }

  /** True when this call settled it. */
  async resolve(id: string, by: string, now: Date): Promise<boolean> {
    return (await this.db.exec('update alerts set resolved_at = $2, resolved_by = $3 where id = $1 and resolved_at is null', [id, now, by])) > 0;
  }

  /** Whether anything else keeps this account still. */
  async blocks(channelId: string): Promise<boolean> {
    return (await this.db.one(`select 1 from alerts where channel_id = $1 and resolved_at is null and blocks <> 'nothing' limit 1`, [channelId])) !== undefined;
  }

  /** Templates of the account that the platform's words name: they are not used until they are synced again. */
  async stopTemplates(channelId: string, words: string): Promise<number> {
    return this.db.exec(`update message_templates set is_active = false where channel_id = $1 and is_active and position(external_id in $2) > 0`, [channelId, words]);
  }
}
