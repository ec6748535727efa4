// What staff do with customers: find them, correct them, respect their no.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { invalid, notFound } from '../../core/errors/app-error.js';
import { encodeCursor, decodeCursor, page, pageSize, type Page } from '../../core/graphql/paging.js';
import { customerProblem, normalisePhone } from './customer.js';
import { CustomersRepository, type CustomerFilter, type CustomerRow } from './customers.repository.js';
import { JoiningService } from './identity/joining.service.js';
import { TimelineService } from './timeline/timeline.service.js';

@Injectable()
export class CustomersService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly customers: CustomersRepository,
    private readonly timeline: TimelineService,
    private readonly joining: JoiningService,
  ) {}

  /** @throws INVALID for a malformed cursor or size. */
  async list(filter: CustomerFilter, first?: number | null, after?: string | null): Promise<Page<CustomerRow>> {
    const size = pageSize(first);
    const place = decodeCursor(after);
    const rows = await this.db.read(() => this.customers.list(filter, phoneOf(filter), size, place));
    return page(rows, size, (row) => encodeCursor(row.createdAt, row.id));
  }

  count(filter: CustomerFilter): Promise<number> {
    return this.db.read(() => this.customers.count(filter, phoneOf(filter)));
  }

  /** Somebody by an id; one that was joined with another answers as who they are now. @throws NOT_FOUND */
  async get(id: string): Promise<CustomerRow> {
    const [row] = (await this.byIds([id])) as (CustomerRow | undefined)[];
    if (row) return row;
    return this.now(id);
  }

  private async now(oldId: string): Promise<CustomerRow> {
    const id = await this.joining.current(oldId);
    const [row] = id === oldId ? [] : await this.byIds([id]);
    if (!row) throw notFound('customer', oldId);
    return row;
  }

  byIds(ids: readonly string[]): Promise<CustomerRow[]> {
    return this.db.read(() => this.customers.byIds(ids));
  }

  /** Corrects a name or phone number; empty text forgets it. @throws INVALID, NOT_FOUND */
  async update(id: string, input: { name?: string | null; phone?: string | null }): Promise<CustomerRow> {
    const wrong = customerProblem(input);
    if (wrong) throw invalid(wrong.field, wrong.problem, wrong.message, wrong.more);
    const name = input.name === undefined ? undefined : input.name?.trim() || null;
    const phone = input.phone === undefined ? undefined : normalisePhone(input.phone ?? '') || null;
    const row = await this.db.write(() => this.customers.update(id, { name, phone }));
    if (!row) throw notFound('customer', id);
    return row;
  }

  /** The customer asked not to be contacted, or allows it again. @throws NOT_FOUND */
  async setOptOut(id: string, optedOut: boolean): Promise<CustomerRow> {
    const at = this.clock.now();
    return this.db.write(async () => {
      const isNews = await this.customers.setOptOut(id, optedOut ? at : null);
      if (isNews) await this.timeline.record([{ customerId: id, type: optedOut ? 'customer.opted_out' : 'customer.opted_in', occurredAt: at }]);
      return this.get(id);
    });
  }

  /** What the customer agreed to (or took back) on a page, with the version of the text that was shown. */
  async recordConsent(customerId: string, consent: { given: boolean; textVersion: string; place: string }): Promise<void> {
    const { textVersion, place } = consent;
    if (!textVersion.trim() || textVersion.length > 60) throw invalid('textVersion', 'bad_format', 'textVersion must name the text that was shown, in at most 60 characters.');
    if (!place.trim() || place.length > 60) throw invalid('place', 'bad_format', 'place must say where the text was shown, in at most 60 characters.');
    const at = this.clock.now();
    const action = consent.given ? 'given' : 'withdrawn';
    await this.db.write(async () => {
      await this.customers.recordConsent({ customerId, purpose: 'marketing', action, textVersion, place, at });
      await this.timeline.record([{ customerId, type: `consent.${action}`, occurredAt: at, detail: { textVersion, place } }]);
    });
  }
}

const phoneOf = (filter: CustomerFilter): string => normalisePhone(filter.search ?? '');
