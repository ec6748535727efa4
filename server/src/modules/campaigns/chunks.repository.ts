// SQL of the chunks of an audience: where planning stands, and where it goes on after a crash.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';

export interface ChunkRow {
  number: number;
  /** Exclusive. */
  fromId: string;
  /** Inclusive. */
  toId: string;
  plannedAt: Date | null;
}

@Injectable()
export class ChunksRepository {
  constructor(private readonly db: TenantDb) {}

  /** Cuts all customers of the tenant into ranges of at most `size` ids; answers how many ranges. */
  async cut(campaignId: string, size: number): Promise<number> {
    return this.db.exec(
      `insert into campaign_chunks (tenant_id, campaign_id, number, from_id, to_id)
       select app.current_tenant(), $1, (row_number() over (order by id)) - 1, coalesce(lag(id) over (order by id), '00000000-0000-0000-0000-000000000000'), id
       from (select id, row_number() over (order by id) as n, count(*) over () as total from customers) c
       where n % $2 = 0 or n = total`,
      [campaignId, size],
    );
  }

  /** The chunk, held: one planner at a time. */
  lock(campaignId: string, number: number): Promise<ChunkRow | undefined> {
    return this.db.one<ChunkRow>(
      `select number, from_id as "fromId", to_id as "toId", planned_at as "plannedAt" from campaign_chunks
       where campaign_id = $1 and number = $2 for update`,
      [campaignId, number],
    );
  }

  async markPlanned(campaignId: string, number: number, outcome: unknown): Promise<void> {
    await this.db.exec('update campaign_chunks set planned_at = now(), outcome = $3 where campaign_id = $1 and number = $2', [
      campaignId, number, JSON.stringify(outcome),
    ]);
  }

  async unplanned(campaignId: string): Promise<number[]> {
    const rows = await this.db.query<{ number: number }>(
      'select number from campaign_chunks where campaign_id = $1 and planned_at is null order by number',
      [campaignId],
    );
    return rows.map((row) => row.number);
  }

  /** Chunks in all and done, per campaign. */
  progress(campaignIds: readonly string[]): Promise<{ campaignId: string; chunks: number; chunksDone: number }[]> {
    return this.db.query(
      `select campaign_id as "campaignId", count(*)::int as chunks, count(planned_at)::int as "chunksDone"
       from campaign_chunks where campaign_id = any($1::uuid[]) group by 1`,
      [campaignIds],
    );
  }
}
