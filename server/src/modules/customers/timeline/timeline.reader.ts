// Reads timelines page by page, one statement for all customers of a list.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { grouped, loader, type GraphContext } from '../../../core/graphql/loaders.js';
import { decodeCursor, encodeCursor, page, pageSize, type Page } from '../../../core/graphql/paging.js';
import { TimelineService, type TimelineEntry } from './timeline.service.js';

@Injectable()
export class TimelineReader {
  constructor(
    private readonly db: TenantDb,
    private readonly timeline: TimelineService,
  ) {}

  /** @throws INVALID for a malformed cursor or size. */
  async load(context: GraphContext, customerId: string, first?: number | null, after?: string | null): Promise<Page<TimelineEntry>> {
    const size = pageSize(first, 30);
    const place = decodeCursor(after);
    const entries = loader(context, `customer.timeline/${size}/${after ?? ''}`, async (ids: readonly string[]) =>
      grouped(ids, await this.db.read(() => this.timeline.pageOf(ids, size, place)), (row) => row.customerId));
    return page(await entries.load(customerId), size, (row) => encodeCursor(row.occurredAt, row.id));
  }
}
