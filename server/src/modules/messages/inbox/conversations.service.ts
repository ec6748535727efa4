// Reading conversations for the console, and who looks after them.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { currentContext } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { notFound } from '../../../core/errors/app-error.js';
import { decodeCursor, encodeCursor, page, pageSize, type Page } from '../../../core/graphql/paging.js';
import { RendererService } from '../renderer.service.js';
import { ConversationsRepository, type ConversationQuery, type ConversationRow, type ThreadRow } from './conversations.repository.js';
import { replyWindow, type ReplyWindow } from './reply-window.js';

export type ConversationView = ConversationRow & { window: ReplyWindow };

export interface ConversationsInput {
  filter?: ConversationQuery['filter'] | null;
  search?: string | null;
  first?: number;
  after?: string | null;
}

@Injectable()
export class ConversationsService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: ConversationsRepository,
    private readonly renderer: RendererService,
  ) {}

  async list({ filter, search, first, after }: ConversationsInput): Promise<Page<ConversationView>> {
    const [size, cursor, now] = [pageSize(first, 30), decodeCursor(after), this.clock.now()];
    const { actor } = currentContext();
    const staffId = actor.kind === 'staff' ? actor.id : undefined;
    const rows = await this.db.read(() => this.repository.list({ filter: filter ?? 'all', search: search?.trim() || undefined, staffId, now, cursor }, size + 1));
    return page(rows.map((row) => this.view(row)), size, (row) => encodeCursor(row.lastAt, row.id));
  }

  /** @throws not_found */
  async get(id: string): Promise<ConversationView> {
    const row = await this.db.read(() => this.repository.find(id));
    if (!row) throw notFound('conversation', id);
    return this.view(row);
  }

  unread(): Promise<number> {
    return this.db.read(() => this.repository.unread());
  }

  /** A page of the thread, newest first, campaign messages as this person read them. */
  async thread(conversation: ConversationRow, first: number | undefined, after: string | null | undefined): Promise<Page<ThreadRow>> {
    const [size, cursor] = [pageSize(first), decodeCursor(after)];
    const rows = await this.db.read(async () => {
      const found = await this.repository.thread(conversation, cursor, size + 1);
      return Promise.all(found.map((row) => this.worded(row, conversation.customerId)));
    });
    return page(rows, size, (row) => encodeCursor(row.at, row.id));
  }

  /** @throws not_found */
  async markRead(id: string): Promise<ConversationView> {
    if (!(await this.db.write(() => this.repository.markRead(id)))) throw notFound('conversation', id);
    return this.get(id);
  }

  /** @throws not_found for a conversation or a member of staff that is not this merchant's */
  async assign(id: string, staffId: string | null): Promise<ConversationView> {
    await this.db.write(async () => {
      if (staffId !== null && !(await this.repository.staffExists(staffId))) throw notFound('staff', staffId);
      if (!(await this.repository.assign(id, staffId))) throw notFound('conversation', id);
    });
    return this.get(id);
  }

  private view(row: ConversationRow): ConversationView {
    return { ...row, window: replyWindow(row.permits, this.clock.now(), !row.isRevoked) };
  }

  private async worded(row: ThreadRow, customerId: string): Promise<ThreadRow> {
    if (row.rung === null) return row;
    const { text } = await this.renderer.preview(row.rung, customerId, row.at);
    return { ...row, text: text ?? '' };
  }
}
