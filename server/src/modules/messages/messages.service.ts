// Reading messages for the console.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { notFound } from '../../core/errors/app-error.js';
import { decodeCursor, encodeCursor, page, pageSize, type Page } from '../../core/graphql/paging.js';
import { MessagesRepository, type MessageRow } from './messages.repository.js';

export interface MessagesQuery {
  dispatchId: string;
  state?: string | null;
  reason?: string | null;
  first?: number;
  after?: string | null;
}

@Injectable()
export class MessagesService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: MessagesRepository,
  ) {}

  /** A page of one dispatch. @throws not_found when there is no such dispatch or campaign */
  list({ dispatchId, state, reason, first, after }: MessagesQuery): Promise<Page<MessageRow>> {
    const [size, cursor] = [pageSize(first), decodeCursor(after)];
    return this.db.read(async () => {
      if (!(await this.repository.dispatchExists(dispatchId))) throw notFound('campaign', dispatchId);
      const rows = await this.repository.list({ dispatchId, state, reason, afterId: cursor?.id }, size + 1);
      return page(rows, size, (row) => encodeCursor(row.createdAt, row.id));
    });
  }

  ofCustomers(customerIds: readonly string[], first: number | undefined): Promise<MessageRow[]> {
    const size = pageSize(first, 20);
    return this.db.read(() => this.repository.ofCustomers(customerIds, size));
  }
}
