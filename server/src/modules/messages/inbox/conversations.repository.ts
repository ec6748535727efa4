// SQL of conversations: who wrote where, what is unread, and the thread with what campaigns sent among it.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { TimeCursor } from '../../../core/graphql/paging.js';
import type { Rung } from '../plan.js';
import type { WindowPermit } from './reply-window.js';

export interface ConversationRow {
  id: string;
  customerId: string;
  customerName: string | null;
  identityId: string;
  externalId: string;
  channelId: string;
  channelName: string;
  channelStatus: string;
  platform: string;
  accountId: string;
  accountName: string | null;
  lastAt: Date;
  lastText: string;
  lastBy: 'customer' | 'staff';
  unread: number;
  assigneeId: string | null;
  assigneeName: string | null;
  isRevoked: boolean;
  permits: WindowPermit[];
}

export interface ThreadRow {
  id: string;
  by: 'customer' | 'staff' | 'campaign';
  kind: string;
  text: string;
  at: Date;
  state: string | null;
  reason: string | null;
  authorName: string | null;
  /** A campaign's message: what it said before the person's own values were put in. */
  rung: Rung | null;
}

export interface ConversationQuery {
  filter: 'all' | 'open' | 'unread' | 'mine';
  search: string | undefined;
  staffId: string | undefined;
  now: Date;
  cursor: TimeCursor | undefined;
}

export interface Received {
  conversationId: string;
  identityId: string;
  channelId: string;
  accountId: string;
  messageId: string;
  kind: string;
  text: string;
  at: Date;
  sourceKey: string;
}

type StoredRow = Omit<ConversationRow, 'permits'> & { permits: { scope: string; remaining: number; expiresAt: string }[] | null };

const SELECT = `select v.id, i.customer_id as "customerId", u.name as "customerName", v.identity_id as "identityId", i.external_id as "externalId",
    v.channel_id as "channelId", h.name as "channelName", h.status as "channelStatus", h.platform, v.account_id as "accountId", k.name as "accountName",
    v.last_at as "lastAt", v.last_text as "lastText", v.last_by as "lastBy", v.unread, v.assignee_id as "assigneeId", s.name as "assigneeName",
    i.revoked_at is not null as "isRevoked", w.permits
  from conversations v
  join identities i on i.id = v.identity_id
  join customers u on u.id = i.customer_id
  join channels h on h.id = v.channel_id
  left join staff s on s.id = v.assignee_id
  left join kf_accounts k on v.account_id <> '' and k.channel_id = v.channel_id and k.external_id = v.account_id
  left join lateral (
    select jsonb_agg(jsonb_build_object('scope', p.scope, 'remaining', p.remaining, 'expiresAt', p.expires_at)) as permits
    from permits p where p.identity_id = v.identity_id and p.kind = 'service_window' and p.expires_at is not null
  ) w on true`;

const opened = ({ permits, ...row }: StoredRow): ConversationRow => ({
  ...row, permits: (permits ?? []).map((permit) => ({ ...permit, expiresAt: new Date(permit.expiresAt) })),
});

@Injectable()
export class ConversationsRepository {
  constructor(private readonly db: TenantDb) {}

  async list({ filter, search, staffId, now, cursor }: ConversationQuery, limit: number): Promise<ConversationRow[]> {
    const rows = await this.db.query<StoredRow>(
      `${SELECT}
       where ($1::timestamptz is null or (v.last_at, v.id) < ($1, $2::uuid))
         and ($3::text is null or u.name ilike '%' || $3 || '%')
         and ($4 <> 'unread' or v.unread > 0)
         and ($4 <> 'mine' or v.assignee_id = $5::uuid)
         and ($4 <> 'open' or (i.revoked_at is null and exists (
           select 1 from permits p where p.identity_id = v.identity_id and p.kind = 'service_window' and p.remaining > 0 and p.expires_at > $6)))
       order by v.last_at desc, v.id desc limit $7`,
      [cursor?.at ?? null, cursor?.id ?? null, search ? likePart(search) : null, filter, staffId ?? null, now, limit]);
    return rows.map(opened);
  }

  async find(id: string): Promise<ConversationRow | undefined> {
    const row = await this.db.one<StoredRow>(`${SELECT} where v.id = $1`, [id]);
    return row && opened(row);
  }

  async unread(): Promise<number> {
    return (await this.db.one<{ n: number }>('select count(*) as n from conversations where unread > 0'))?.n ?? 0;
  }

  /** Newest first. A campaign's sends stand where they are kept; nothing is copied when a wave of them is sent. */
  thread(row: Pick<ConversationRow, 'id' | 'customerId' | 'identityId'>, cursor: TimeCursor | undefined, limit: number): Promise<ThreadRow[]> {
    return this.db.query<ThreadRow>(
      `select * from (
         (select c.id, case c.direction when 'in' then 'customer' else 'staff' end as by, c.kind, c.body as text, c.occurred_at as at,
            case when c.kind = 'welcome' then 'sent' when m.receipt = 'failed' then 'failed' else m.state end as state, m.reason, c.author_name as "authorName", null::jsonb as rung
          from conversation_messages c left join messages m on m.id = c.message_id
          where c.conversation_id = $1 and ($4::timestamptz is null or (c.occurred_at, c.id) < ($4, $5::uuid))
          order by c.occurred_at desc, c.id desc limit $6)
         union all
         (select m.id, 'campaign', 'text', '', m.sent_at, case when m.receipt = 'failed' then 'failed' else m.state end, m.reason, null, d.spec #> array['contents', m.content_index::text]
          from messages m join dispatches d on d.id = m.dispatch_id
          where m.customer_id = $2 and m.identity_id = $3 and m.kind = 'service_window' and m.purpose <> 'reply' and m.state in ('sending', 'sent', 'unknown')
            and m.sent_at is not null and ($4::timestamptz is null or (m.sent_at, m.id) < ($4, $5::uuid))
          order by m.sent_at desc, m.id desc limit $6)
       ) t order by at desc, id desc limit $6`,
      [row.id, row.customerId, row.identityId, cursor?.at ?? null, cursor?.id ?? null, limit]);
  }

  /** Enters what customers wrote; each once. Answers how many were new. */
  async receive(received: readonly Received[]): Promise<number> {
    // One order for everybody: two batches with the same people wait for each other and never in a ring.
    const rows = received.toSorted((a, b) => (a.identityId + a.accountId < b.identityId + b.accountId ? -1 : 1));
    const row = await this.db.one<{ n: number }>(
      `with told as materialized (
         select * from jsonb_to_recordset($1::jsonb) as t("conversationId" uuid, "identityId" uuid, "channelId" uuid, "accountId" text, "messageId" uuid,
           kind text, text text, at timestamptz, "sourceKey" text)
       ), held as (
         insert into conversations (tenant_id, id, identity_id, channel_id, account_id, last_at, last_by)
         select app.current_tenant(), * from (
           select distinct on ("identityId", "accountId") "conversationId", "identityId", "channelId", "accountId", at, 'customer' from told order by "identityId", "accountId", at
         ) n
         on conflict (tenant_id, identity_id, account_id) do update set channel_id = excluded.channel_id
         returning id, identity_id, account_id, (xmax = 0) as is_new
       ), written as (
         insert into conversation_messages (tenant_id, id, conversation_id, direction, kind, body, occurred_at, source_key)
         select app.current_tenant(), t."messageId", h.id, 'in', t.kind, t.text, t.at, t."sourceKey"
         from told t join held h on h.identity_id = t."identityId" and h.account_id = t."accountId"
         on conflict (tenant_id, conversation_id, source_key) do nothing
         returning id, conversation_id
       )
       select count(*) as n from written`, [JSON.stringify(rows)]);
    const ids = rows.map((one) => one.messageId);
    // A second statement, because the first one's own rows are not visible to it: a conversation just made is brought up to date here.
    await this.db.exec(
      `update conversations v set unread = v.unread + f.unread,
         last_at = greatest(v.last_at, f.at), last_text = case when f.at >= v.last_at then f.text else v.last_text end, last_by = case when f.at >= v.last_at then 'customer' else v.last_by end
       from (
         select c.conversation_id, count(*) filter (where c.kind <> 'entered') as unread, max(c.occurred_at) as at,
           (array_agg(case c.kind when 'text' then left(c.body, 200) else '' end order by c.occurred_at desc, c.id desc))[1] as text
         from conversation_messages c where c.id = any($1::uuid[]) group by 1
       ) f where v.id = f.conversation_id`, [ids]);
    return row?.n ?? 0;
  }

  /** Writes our greeting down before it is sent. Undefined: it was greeted already, or the conversation is gone. */
  async welcome(greeting: { id: string; channelId: string; externalId: string; accountId: string; text: string; sourceKey: string; at: Date }): Promise<string | undefined> {
    const row = await this.db.one<{ id: string }>(
      `insert into conversation_messages (tenant_id, id, conversation_id, direction, kind, body, occurred_at, source_key)
       select app.current_tenant(), $1, v.id, 'out', 'welcome', $5, $7, $6
       from conversations v join identities i on i.id = v.identity_id where v.channel_id = $2 and i.external_id = $3 and v.account_id = $4
       on conflict (tenant_id, conversation_id, source_key) do nothing returning id`,
      [greeting.id, greeting.channelId, greeting.externalId, greeting.accountId, greeting.text, greeting.sourceKey, greeting.at]);
    return row?.id;
  }

  async forgetWelcome(id: string): Promise<void> {
    await this.db.exec(`delete from conversation_messages where id = $1 and kind = 'welcome'`, [id]);
  }

  /** False: there is none. */
  async markRead(id: string): Promise<boolean> {
    return (await this.db.exec('update conversations set unread = 0 where id = $1', [id])) > 0;
  }

  async assign(id: string, staffId: string | null): Promise<boolean> {
    return (await this.db.exec('update conversations set assignee_id = $2 where id = $1', [id, staffId])) > 0;
  }

  async staffExists(id: string): Promise<boolean> {
    return (await this.db.one('select 1 from staff where id = $1', [id])) !== undefined;
  }
}

/** What a person typed, taken literally. */
const likePart = (text: string): string => text.replaceAll(/[\\%_]/gu, String.raw`\$&`);
