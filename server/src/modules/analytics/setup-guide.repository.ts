// The facts behind the setup guide: each step is done when the table of record says so, and no flag can disagree.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';

/** In the order a merchant takes them. */
const FACTS = [
  ['connect_channel', `select from channels where platform <> 'h5' and status = 'live'`],
  ['sync_templates', 'select from message_templates where is_active'],
  ['create_coupon', 'select from coupon_templates'],
  ['publish_offer', 'select from offers where published_at is not null'],
  ['share_link', 'select from touches where entry_link_id is not null'],
  ['first_permit', `select from permit_credits where reason = 'accepted'`],
  ['first_campaign', 'select from campaigns where launched_at is not null'],
] as const;

export interface SetupStep {
  key: (typeof FACTS)[number][0];
  isDone: boolean;
}

@Injectable()
export class SetupGuideRepository {
  constructor(private readonly db: TenantDb) {}

  /** Every step in one statement; each stops at its first row. */
  async steps(): Promise<SetupStep[]> {
    const row = await this.db.one<Record<string, boolean>>(`select ${FACTS.map(([key, fact]) => `exists (${fact}) as ${key}`).join(', ')}`);
    return FACTS.map(([key]) => ({ key, isDone: row?.[key] ?? false }));
  }
}
