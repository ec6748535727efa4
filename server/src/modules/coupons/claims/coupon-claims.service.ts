// The hot path: concurrent claims of one coupon become one statement, and each caller gets an exact answer.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { currentTenantId, runAs } from '../../../core/context.js';
import { currentScope } from '../../../core/db/scope.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { AppError, isPersonGone, isRetryable, notFound } from '../../../core/errors/app-error.js';
import { Events } from '../../../core/events/events.js';
import { newId } from '../../../core/ids.js';
import { TimelineService } from '../../customers/index.js';
import type { Coupon } from '../coupon.js';
import { CODE_BYTES, couponCode } from '../coupon-code.js';
import { takeBatch, type Waiting } from './claim-line.js';
import { ClaimsRepository, type ClaimRow, type ClaimVerdict } from './claims.repository.js';

export interface ClaimRequest {
  templateId: string;
  customerId: string;
  /** The offer that gives it; a person who holds a usable coupon of the same offer gets that one back. */
  offerId?: string | undefined;
  /** A grant's own key, when a job gives it that may run twice: the same key gives once, whatever else the person holds. */
  sourceKey?: string | undefined;
}

export type ClaimOutcome =
  | { outcome: 'given' | 'held'; coupon: Coupon }
  /** `coupon`: the newest one the person had, when the limit is why. */
  | { outcome: Exclude<ClaimVerdict, 'given' | 'held' | 'again'>; coupon: Coupon | undefined };

interface Ticket extends ClaimRequest {
  tries: number;
  /** Id and code of the coupon, should it be given. */
  id: string;
  code: string;
  at: Date;
}
type Place = Waiting<Ticket, ClaimOutcome>;
interface Line {
  waiting: Place[];
  isBusy: boolean;
}

const MAX_BATCH = 500;
const MAX_TRIES = 3; // a code that exists already is a one in 10^16 event; thrice is a bug

@Injectable()
export class CouponClaims {
  private readonly lines = new Map<string, Line>();
  // A batch belongs to no single caller: it runs outside of the request that happened to start it.
  private readonly outside = AsyncLocalStorage.snapshot();

  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly claims: ClaimsRepository,
    private readonly timeline: TimelineService,
  ) {}

  /**
   * Claims one coupon; the promise resolves after the commit.
   * @throws NOT_FOUND for an unknown template; bug inside an open transaction, because a claim commits on its own.
   */
  claim(request: ClaimRequest): Promise<ClaimOutcome> {
    if (currentScope()) throw new AppError('bug', 'A claim commits on its own: call it outside of db.read and db.write.');
    const tenantId = currentTenantId();
    return new Promise((answer, fail) => this.join(tenantId, { request: { ...request, tries: 0, id: '', code: '', at: this.clock.now() }, answer, fail }));
  }

  private join(tenantId: string, place: Place): void {
    const key = `${tenantId}/${place.request.templateId}`;
    const line = this.lines.get(key) ?? { waiting: [], isBusy: false };
    this.lines.set(key, line);
    line.waiting.push(place);
    if (line.isBusy) return;
    line.isBusy = true;
    // Whatever else arrives in this turn of the loop comes along.
    setImmediate(() => void this.outside(() => this.serve(tenantId, key, line)));
  }

  private async serve(tenantId: string, key: string, line: Line): Promise<void> {
    while (line.waiting.length > 0) {
      const { batch, rest } = takeBatch(line.waiting, MAX_BATCH, (ticket) => ticket.customerId);
      line.waiting = rest;
      line.waiting.push(...(await runAs({ tenantId, actor: { kind: 'system' }, requestId: newId() }, () => this.settle(batch))));
    }
    this.lines.delete(key);
  }

  /** Answers a batch; returns those who must try once more. */
  private async settle(batch: Place[]): Promise<Place[]> {
    try {
      return this.answerAll(batch, await this.db.write(() => this.claimAll(batch)));
    } catch (error) {
      // One bad claim (a customer who was erased meanwhile) must not take the others along: each is tried alone.
      if (batch.length > 1 && (!isRetryable(error) || isPersonGone(error))) {
        const again: Place[] = [];
        for (const place of batch) again.push(...(await this.settle([place])));
        return again;
      }
      for (const place of batch) place.fail(error);
      return [];
    }
  }

  private async claimAll(batch: readonly Place[]): Promise<ClaimRow[]> {
    const now = this.clock.now();
    const tickets = batch.map((place) => place.request);
    prepare(tickets, now);
    const rows = await this.claims.claim({
      templateId: tickets[0]!.templateId,
      now,
      ids: tickets.map((t) => t.id),
      customerIds: tickets.map((t) => t.customerId),
      codes: tickets.map((t) => t.code),
      sourceKeys: tickets.map((t) => t.sourceKey ?? null),
      offerIds: tickets.map((t) => t.offerId ?? null),
    });
    const given = rows.filter((row) => row.outcome === 'given').map((row) => tickets[row.ord - 1]!);
    if (given.length === 0) return rows;
    // No key of their own: they are written in the transaction of the coupons, or not at all.
    const facts = given.map((t) => ({ customerId: t.customerId, type: 'coupon.claimed', occurredAt: now, subjectId: t.id, detail: { templateId: t.templateId, offerId: t.offerId } }));
    await Promise.all([this.timeline.record(facts), this.events.emit('coupon.claimed', { couponIds: given.map((t) => t.id) })]);
    return rows;
  }

  private answerAll(batch: readonly Place[], rows: readonly ClaimRow[]): Place[] {
    if (rows.length === 0) throw notFound('coupon_template', batch[0]?.request.templateId);
    const again: Place[] = [];
    for (const row of rows) {
      const place = batch[row.ord - 1]!;
      const { request } = place;
      if (row.outcome !== 'again') place.answer(outcomeOf(row, request));
      else if (++request.tries < MAX_TRIES) again.push(place);
      else place.fail(new AppError('busy', 'The claim could not be settled. Please try again.'));
    }
    return again;
  }
}

/** New ids and codes for every try: a code that was taken is not tried again. */
function prepare(tickets: readonly Ticket[], now: Date): void {
  const random = randomBytes(CODE_BYTES * tickets.length);
  for (const [i, ticket] of tickets.entries()) {
    ticket.id = newId();
    ticket.code = couponCode(random.subarray(i * CODE_BYTES, (i + 1) * CODE_BYTES));
    ticket.at = now;
  }
}

function outcomeOf(row: ClaimRow, ticket: Ticket): ClaimOutcome {
  const { templateId, customerId, offerId = null } = ticket;
  const times = { usableFrom: row.usable_from, expiresAt: row.expires_at };
  if (row.outcome === 'given') {
    return { outcome: 'given', coupon: { id: ticket.id, code: ticket.code, state: 'claimed', templateId, customerId, offerId, claimedAt: ticket.at, ...times, redeemedAt: null } };
  }
  const coupon: Coupon | undefined = row.id === null ? undefined : {
    id: row.id, code: row.code, state: row.state, templateId, customerId, offerId: row.offer_id, claimedAt: row.claimed_at, ...times, redeemedAt: row.redeemed_at,
  };
  return { outcome: row.outcome, coupon } as ClaimOutcome;
}
