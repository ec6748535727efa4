// Reading the ledger for the console.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { notFound } from '../../core/errors/app-error.js';
import { pageSize } from '../../core/graphql/paging.js';
import { PermitsRepository, type LedgerBalance, type PermitCreditRow, type PermitRow } from './permits.repository.js';

@Injectable()
export class ConsentsService {
  constructor(
    private readonly db: TenantDb,
    private readonly permits: PermitsRepository,
  ) {}

  ofCustomers(customerIds: readonly string[]): Promise<PermitRow[]> {
    return this.db.read(() => this.permits.ofCustomers(customerIds));
  }

  /** Newest first. @throws not_found when there is no such customer */
  credits(customerId: string, first: number | undefined): Promise<PermitCreditRow[]> {
    const size = pageSize(first);
    return this.db.read(async () => {
      if (!(await this.permits.customerExists(customerId))) throw notFound('customer', customerId);
      return this.permits.credits(customerId, size);
    });
  }

  /** Proves the books over all permits of the merchant. */
  balance(): Promise<LedgerBalance> {
    return this.db.read(() => this.permits.balance());
  }
}
