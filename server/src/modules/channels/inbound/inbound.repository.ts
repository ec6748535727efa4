// All SQL of what the platforms push to us.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { ChannelEvent } from '../adapter.js';

export interface NewInbound {
  id: string;
  channelId: string;
  dedupKey: string;
  payload: string;
}

export interface WaitingInbound {
  id: string;
  channel_id: string;
  body: string;
}

export interface ParsedInbound {
  id: string;
  events: ChannelEvent[];
  failure: string | undefined;
}

@Injectable()
export class InboundRepository {
  constructor(private readonly db: TenantDb) {}

  /** Stores what is new of a batch; the ids of those rows. A key seen before, in this batch too, is left alone. */
  async insert(batch: readonly NewInbound[]): Promise<string[]> {
    const rows = await this.db.prepared<{ id: string }>(
      'inbound_insert',
      `insert into inbound (tenant_id, id, channel_id, dedup_key, body)
       select $1::uuid, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[])
       on conflict (tenant_id, channel_id, dedup_key) do nothing returning id`,
      [currentTenantId(), batch.map((one) => one.id), batch.map((one) => one.channelId), batch.map((one) => one.dedupKey), batch.map((one) => one.payload)],
    );
    return rows.map((row) => row.id);
  }

  /** Locks those of the ids that nobody has processed: two runs of one job do the work once. */
  waiting(ids: readonly string[]): Promise<WaitingInbound[]> {
    return this.db.query<WaitingInbound>(
      'select id, channel_id, body from inbound where id = any($1) and processed_at is null order by id for update', [ids]);
  }

  async settle(parsed: readonly ParsedInbound[]): Promise<void> {
    const rows = parsed.map(({ id, events, failure }) => ({ id, events, failure }));
    await this.db.exec(
      `update inbound i set events = p.events, failure = p.failure, processed_at = now()
       from jsonb_to_recordset($1::jsonb) as p(id uuid, events jsonb, failure text) where i.tenant_id = $2 and i.id = p.id`,
      [JSON.stringify(rows), currentTenantId()],
    );
  }

  /** The events of these pushes, oldest first. */
  async events(channelId: string, ids: readonly string[]): Promise<ChannelEvent[]> {
    const rows = await this.db.query<{ event: ChannelEvent }>(
      `select e.event from inbound i cross join lateral jsonb_array_elements(i.events) with ordinality as e(event, place)
       where i.channel_id = $1 and i.id = any($2) order by e.event->>'at', i.id, e.place`,
      [channelId, ids],
    );
    return rows.map((row) => row.event);
  }

  /** Forgets the text of old pushes: it may hold what customers wrote. The keys stay, so that a late repeat is still known. */
  async forgetBodies(olderThanDays: number): Promise<number> {
    return this.db.exec(`update inbound set body = '', events = null where processed_at < now() - make_interval(days => $1) and body <> ''`, [olderThanDays]);
  }
}
