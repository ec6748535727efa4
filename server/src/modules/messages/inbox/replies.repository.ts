// SQL of a reply: the permit it takes, the message it is, and its line in the thread become true in one transaction.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { ConversationRow } from './conversations.repository.js';
import type { WindowPermit } from './reply-window.js';

export interface NewReply {
  /** Its line in the thread. */
  id: string;
  /** Also the id of its dispatch: a reply is a dispatch of one message. */
  messageId: string;
  conversation: ConversationRow;
  scope: string;
  text: string;
  sourceKey: string;
  author: { id: string | null; name: string | null };
  now: Date;
  /** After this an unsettled send counts as unknown, and is never made again. */
  leaseUntil: Date;
}

export interface KnownReply {
  id: string;
  text: string;
  at: Date;
  state: string;
  reason: string | null;
  code: number | null;
  authorName: string | null;
}

@Injectable()
export class RepliesRepository {
  constructor(private readonly db: TenantDb) {}

  /** Replies of one conversation wait for each other here. False: there is no such conversation. */
  async hold(conversationId: string): Promise<boolean> {
    return (await this.db.one('select 1 from conversations where id = $1 for update', [conversationId])) !== undefined;
  }

  known(conversationId: string, sourceKey: string): Promise<KnownReply | undefined> {
    return this.db.one<KnownReply>(
      `select c.id, c.body as text, c.occurred_at as at, m.state, m.reason, m.platform_code as code, c.author_name as "authorName"
       from conversation_messages c join messages m on m.id = c.message_id where c.conversation_id = $1 and c.source_key = $2`, [conversationId, sourceKey]);
  }

  /** The person's windows, locked against everybody who spends or resets them, in the ledger's own order. */
  windows(identityId: string): Promise<WindowPermit[]> {
    return this.db.query<WindowPermit>(
      `select scope, remaining, expires_at as "expiresAt" from permits
       where identity_id = $1 and kind = 'service_window' and expires_at is not null order by scope for update`, [identityId]);
  }

  /** Reserves the send and writes it down as under way. The window is locked already. */
  async write({ id, messageId, conversation, scope, text, sourceKey, author, now, leaseUntil }: NewReply): Promise<void> {
    await this.db.exec(
      `update permits set remaining = remaining - 1, updated_at = $3 where identity_id = $1 and kind = 'service_window' and scope = $2`, [conversation.identityId, scope, now]);
    const spec = { dispatchId: messageId, purpose: 'reply', contents: [{ kind: 'window', channelId: conversation.channelId, text }], holdoutPercent: 0 };
    // Done from the start: the dispatcher sends what waits, and this never does.
    await this.db.exec(
      `insert into dispatches (tenant_id, id, purpose, spec, state, is_sealed, finished_at) values (app.current_tenant(), $1, 'reply', $2, 'done', true, $3)`,
      [messageId, JSON.stringify(spec), now]);
    await this.db.exec(
      `insert into messages (tenant_id, id, dispatch_id, purpose, customer_id, identity_id, channel_id, kind, scope, content_index, state, due_at, lease_until, attempts, sent_at, created_at)
       values (app.current_tenant(), $1, $1, 'reply', $2, $3, $4, 'service_window', $5, 0, 'sending', $6, $7, 1, $6, $6)`,
      [messageId, conversation.customerId, conversation.identityId, conversation.channelId, scope, now, leaseUntil]);
    await this.db.exec(
      `insert into conversation_messages (tenant_id, id, conversation_id, direction, kind, body, occurred_at, source_key, message_id, author_id, author_name)
       values (app.current_tenant(), $1, $2, 'out', 'text', $3, $4, $5, $6, $7, $8)`,
      [id, conversation.id, text, now, sourceKey, messageId, author.id, author.name]);
    await this.db.exec(
      `update conversations set last_at = greatest(last_at, $2), last_text = left($3, 200), last_by = 'staff', unread = 0 where id = $1`, [conversation.id, now, text]);
  }

  /** What was taken and did not arrive, as the platform tells later. */
  async fail(channelId: string, failures: readonly { platformId: string; reason: string; at: Date }[]): Promise<void> {
    await this.db.exec(
      `update messages m set receipt = 'failed', receipt_at = f.at, reason = f.reason, state = case m.state when 'unknown' then 'sent' else m.state end
       from unnest($2::text[], $3::text[], $4::timestamptz[]) as f(platform_id, reason, at)
       where m.channel_id = $1 and m.platform_id = f.platform_id and m.receipt is null`,
      [channelId, failures.map((f) => f.platformId), failures.map((f) => f.reason), failures.map((f) => f.at)]);
  }
}
