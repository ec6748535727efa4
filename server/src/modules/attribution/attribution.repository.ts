// SQL of entry links and touches.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { EntryLink } from './entry-link.js';

const LINK = 'l.id, l.code, l.name, l.source, l.offer_id as "offerId", l.created_at as "createdAt", l.archived_at as "archivedAt"';

export interface NewTouch {
  id: string;
  entryLinkId: string | null;
  messageId: string | null;
  visitorId: string;
  customerId: string | null;
  source: string;
  at: Date;
  /** The platform's number for how its client was opened. */
  launchScene?: number | undefined;
}

@Injectable()
export class AttributionRepository {
  constructor(private readonly db: TenantDb) {}

  links(): Promise<EntryLink[]> {
    return this.db.query<EntryLink>(`select ${LINK} from entry_links l where l.archived_at is null order by l.created_at desc, l.id desc limit 500`);
  }

  link(id: string): Promise<EntryLink | undefined> {
    return this.db.one<EntryLink>(`select ${LINK} from entry_links l where l.id = $1`, [id]);
  }

  /** Archived ones too: a poster on a wall goes on bringing people. */
  linkByCode(code: string): Promise<EntryLink | undefined> {
    return this.db.one<EntryLink>(`select ${LINK} from entry_links l where l.code = $1`, [code]);
  }

  /** Undefined when the code is taken. */
  insertLink(link: Omit<EntryLink, 'archivedAt'>): Promise<EntryLink | undefined> {
    return this.db.one<EntryLink>(
      `insert into entry_links as l (tenant_id, id, code, name, source, offer_id, created_at) values (app.current_tenant(), $1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, code) do nothing returning ${LINK}`,
      [link.id, link.code, link.name, link.source, link.offerId, link.createdAt],
    );
  }

  archiveLink(id: string, at: Date): Promise<number> {
    return this.db.exec('update entry_links set archived_at = coalesce(archived_at, $2) where id = $1', [id, at]);
  }

  async hasOffer(id: string): Promise<boolean> {
    return (await this.db.one('select 1 from offers where id = $1', [id])) !== undefined;
  }

  /** Whom a message was sent to. */
  async recipientOf(messageId: string): Promise<string | undefined> {
    const row = await this.db.one<{ customerId: string }>('select customer_id as "customerId" from messages where id = $1', [messageId]);
    return row?.customerId;
  }

  /** False when this touch is stored already: a callback may be told twice. */
  async insertTouch(touch: NewTouch): Promise<boolean> {
    const rows = await this.db.prepared(
      'touches_insert',
      `insert into touches (tenant_id, id, entry_link_id, message_id, visitor_id, customer_id, source, occurred_at, launch_scene)
       values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, id) do nothing returning id`,
      [touch.id, touch.entryLinkId, touch.messageId, touch.visitorId, touch.customerId, touch.source, touch.at, touch.launchScene ?? null],
    );
    return rows.length > 0;
  }

  linksByCode(codes: readonly string[]): Promise<EntryLink[]> {
    return this.db.query<EntryLink>(`select ${LINK} from entry_links l where l.code = any($1)`, [codes]);
  }

  linksById(ids: readonly string[]): Promise<EntryLink[]> {
    return this.db.query<EntryLink>(`select ${LINK} from entry_links l where l.id = any($1)`, [ids]);
  }

  touchCounts(linkIds: readonly string[]): Promise<{ id: string; touches: number; customers: number }[]> {
    return this.db.query(
      `select entry_link_id as id, count(*) as touches, count(distinct customer_id) as customers from touches where entry_link_id = any($1::uuid[]) group by entry_link_id`,
      [linkIds],
    );
  }
}
