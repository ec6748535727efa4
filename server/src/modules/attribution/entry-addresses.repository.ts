// SQL of entry links' addresses at connected accounts.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { EntryWay } from '../channels/index.js';

export interface EntryAddressRow {
  id: string;
  entryLinkId: string;
  channelId: string;
  way: EntryWay;
  address: string;
  picture: Buffer | null;
  createdAt: Date;
  expiresAt: Date | null;
}

const ADDRESS = `id, entry_link_id as "entryLinkId", channel_id as "channelId", kind as way, address, picture, created_at as "createdAt", expires_at as "expiresAt"`;

@Injectable()
export class EntryAddressesRepository {
  constructor(private readonly db: TenantDb) {}

  find({ entryLinkId, channelId, way }: { entryLinkId: string; channelId: string; way: EntryWay }): Promise<EntryAddressRow | undefined> {
    return this.db.one<EntryAddressRow>(`select ${ADDRESS} from entry_addresses where entry_link_id = $1 and channel_id = $2 and kind = $3`, [entryLinkId, channelId, way]);
  }

  async put(row: EntryAddressRow): Promise<EntryAddressRow> {
    const stored = await this.db.one<EntryAddressRow>(
      `insert into entry_addresses (tenant_id, id, entry_link_id, channel_id, kind, address, picture, created_at, expires_at)
       values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant_id, entry_link_id, channel_id, kind) do update set address = excluded.address, picture = excluded.picture, created_at = excluded.created_at, expires_at = excluded.expires_at
       returning ${ADDRESS}`,
      [row.id, row.entryLinkId, row.channelId, row.way, row.address, row.picture, row.createdAt, row.expiresAt]);
    return stored ?? row;
  }

  ofLinks(linkIds: readonly string[]): Promise<EntryAddressRow[]> {
    return this.db.query<EntryAddressRow>(`select ${ADDRESS} from entry_addresses where entry_link_id = any($1::uuid[]) order by created_at, id`, [linkIds]);
  }
}
