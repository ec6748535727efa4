// Grants for those who show them.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { GrantsRepository, type GrantRow } from './grants.repository.js';

@Injectable()
export class Grants {
  constructor(private readonly db: TenantDb, private readonly repository: GrantsRepository) {}

  /** Those of the channels that have one, by channel. */
  async of(channelIds: readonly string[]): Promise<Map<string, GrantRow>> {
    const rows = await this.db.read(() => this.repository.listOf(channelIds));
    return new Map(rows.map((row) => [row.channel_id, row]));
  }
}
