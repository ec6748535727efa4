// Coupon templates and the coupons people hold.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { invalid, notFound } from '../../core/errors/app-error.js';
import { Events } from '../../core/events/events.js';
import { decodeCursor, encodeCursor, page, pageSize, type Page } from '../../core/graphql/paging.js';
import { TimelineService } from '../customers/index.js';
import type { Coupon, CouponState, CouponTemplate } from './coupon.js';
import { normaliseCode } from './coupon-code.js';
import { templateProblem, updateProblem, type FieldProblem, type TemplateInput, type TemplateUpdate } from './coupon-template.js';
import { CouponsRepository } from './coupons.repository.js';

const EXPIRE_AT_ONCE = 2_000;

@Injectable()
export class CouponsService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly coupons: CouponsRepository,
    private readonly timeline: TimelineService,
  ) {}

  templates(includeArchived: boolean): Promise<CouponTemplate[]> {
    return this.db.read(() => this.coupons.templates(includeArchived));
  }

  /** @throws NOT_FOUND */
  async template(id: string): Promise<CouponTemplate> {
    const [row] = await this.templatesByIds([id]);
    if (!row) throw notFound('coupon_template', id);
    return row;
  }

  templatesByIds(ids: readonly string[]): Promise<CouponTemplate[]> {
    return this.db.read(() => this.coupons.templatesByIds(ids));
  }

  redeemedCounts(ids: readonly string[]): Promise<{ id: string; count: number }[]> {
    return this.db.read(() => this.coupons.redeemedCounts(ids));
  }

  /** @throws INVALID naming the field and the fix. */
  async create(input: TemplateInput): Promise<CouponTemplate> {
    const now = this.clock.now();
    refuse(templateProblem(input, now));
    return this.db.write(() => this.coupons.insertTemplate(input, now));
  }

  /** Name, notes, more stock; what customers hold stays as it is. @throws INVALID, NOT_FOUND */
  async update(id: string, input: TemplateUpdate): Promise<CouponTemplate> {
    return this.db.write(async () => {
      refuse(updateProblem(input, (await this.template(id)).stock));
      return (await this.coupons.updateTemplate(id, input))!;
    });
  }

  /** Nobody can claim it any more; what people hold stays usable. @throws NOT_FOUND */
  async archive(id: string): Promise<CouponTemplate> {
    const row = await this.db.write(() => this.coupons.archiveTemplate(id));
    if (!row) throw notFound('coupon_template', id);
    return row;
  }

  /** @throws INVALID for a malformed cursor or size. */
  async list(filter: { templateId?: string | null; state?: CouponState | null }, first?: number | null, after?: string | null): Promise<Page<Coupon>> {
    const size = pageSize(first);
    const place = decodeCursor(after);
    const rows = await this.db.read(() => this.coupons.list(filter, size, place));
    return page(rows, size, (row) => encodeCursor(row.claimedAt, row.id));
  }

  /** As typed at the till; undefined when nobody holds it. */
  byCode(code: string): Promise<Coupon | undefined> {
    return this.db.read(() => this.coupons.byCode(normaliseCode(code)));
  }

  byIds(ids: readonly string[]): Promise<Coupon[]> {
    return this.db.read(() => this.coupons.byIds(ids));
  }

  ofCustomers(customerIds: readonly string[]): Promise<Coupon[]> {
    return this.db.read(() => this.coupons.ofCustomers(customerIds));
  }

  /** Marks what ran out in this tenant, batch by batch. Redeeming does not wait for it: it looks at the time itself. */
  async expireDue(): Promise<number> {
    const now = this.clock.now();
    let total = 0;
    for (let taken = EXPIRE_AT_ONCE; taken === EXPIRE_AT_ONCE; total += taken) taken = await this.db.write(() => this.expireSome(now));
    return total;
  }

  private async expireSome(now: Date): Promise<number> {
    const gone = await this.coupons.expire(now, EXPIRE_AT_ONCE);
    if (gone.length === 0) return 0;
    await this.timeline.record(gone.map((coupon) => ({
      customerId: coupon.customerId, type: 'coupon.expired', occurredAt: coupon.expiresAt, sourceKey: `coupon.expired:${coupon.id}`, subjectId: coupon.id, detail: { name: coupon.name },
    })));
    await this.events.emit('coupon.expired', { couponIds: gone.map((coupon) => coupon.id) });
    return gone.length;
  }
}

function refuse(problem: FieldProblem | undefined): void {
  if (problem) throw invalid(problem.field, problem.problem, problem.message, problem.more);
}
