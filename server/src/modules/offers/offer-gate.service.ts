// May this offer be claimed? A rush of claims asks once for everybody who waits, and never answers from before they came.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { currentTenantId, runAs } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';
import { OffersRepository, type OfferGateRow } from './offers.repository.js';

type Answer = OfferGateRow | undefined;

@Injectable()
export class OfferGate {
  private readonly running = new Map<string, Promise<Answer>>();
  private readonly next = new Map<string, Promise<Answer>>();
  private readonly outside = AsyncLocalStorage.snapshot();

  constructor(
    private readonly db: TenantDb,
    private readonly offers: OffersRepository,
  ) {}

  /** The offer as it stands, read after this call: those who come while a read runs share the one after it. */
  look(offerId: string): Promise<Answer> {
    const tenantId = currentTenantId();
    const key = `${tenantId}/${offerId}`;
    const running = this.running.get(key);
    if (!running) return this.read(key, tenantId, offerId);
    const waiting = this.next.get(key) ?? running.then(() => this.readNext(key, tenantId, offerId), () => this.readNext(key, tenantId, offerId));
    this.next.set(key, waiting);
    return waiting;
  }

  private readNext(key: string, tenantId: string, offerId: string): Promise<Answer> {
    this.next.delete(key);
    return this.read(key, tenantId, offerId);
  }

  private read(key: string, tenantId: string, offerId: string): Promise<Answer> {
    const context = { tenantId, actor: { kind: 'system' as const }, requestId: newId() };
    const reading = this.outside(() => runAs(context, () => this.db.read(() => this.offers.gate(offerId))));
    const settled = reading.finally(() => {
      if (this.running.get(key) === settled) this.running.delete(key);
    });
    this.running.set(key, settled);
    return settled;
  }
}
