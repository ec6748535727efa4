// May this offer be claimed? A rush of claims asks once for everybody who waits, and never answers from before they came.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { currentTenantId, runAs } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';
import { FreshReads } from './fresh-reads.js';
import { OffersRepository, type OfferGateRow } from './offers.repository.js';

@Injectable()
export class OfferGate {
  // A shared read belongs to no single caller: it runs outside of the request that happened to start it.
  private readonly outside = AsyncLocalStorage.snapshot();
  private readonly reads = new FreshReads<OfferGateRow | undefined>((key) => this.outside(() => this.read(key)));

  constructor(
    private readonly db: TenantDb,
    private readonly offers: OffersRepository,
  ) {}

  /** The offer as it stands, read after this call; undefined when this tenant has none. */
  look(offerId: string): Promise<OfferGateRow | undefined> {
    return this.reads.look(`${currentTenantId()}/${offerId}`);
  }

  private read(key: string): Promise<OfferGateRow | undefined> {
    const [tenantId, offerId = ''] = key.split('/');
    return runAs({ tenantId, actor: { kind: 'system' }, requestId: newId() }, () => this.db.read(() => this.offers.gate(offerId)));
  }
}
