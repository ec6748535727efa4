// Play tokens name a customer for a week; who was joined meanwhile is another id now. Known here without asking per request.
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { LOG, type Log } from '../../../core/log.js';
import { JoiningRepository } from './joining.repository.js';

const LOOK_EVERY_MS = 2_000;
const TOKEN_LIFE_MS = 8 * 24 * 3_600_000;
/** A join becomes visible when it commits, a little after the moment it carries. */
const OVERLAP_MS = 60_000;

interface Known {
  ids: Map<string, string>;
  upTo: Date;
  lookedAt: number;
  looking?: Promise<void>;
}

@Injectable()
export class MergedIds {
  private readonly tenants = new Map<string, Known>();

  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: JoiningRepository,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Who this id is now. Answers at once, except for the first question about a merchant. */
  current(tenantId: string, customerId: string): string | Promise<string> {
    const known = this.tenants.get(tenantId);
    if (known === undefined) return this.look(tenantId).then((found) => found.ids.get(customerId) ?? customerId);
    if (Date.now() - known.lookedAt > LOOK_EVERY_MS && !known.looking)
      void this.look(tenantId, known).catch((error: unknown) => this.log.warn({ err: error, tenantId }, 'could not read which people were joined'));
    return known.ids.get(customerId) ?? customerId;
  }

  private async look(tenantId: string, known: Known = { ids: new Map(), upTo: new Date(this.clock.now().getTime() - TOKEN_LIFE_MS), lookedAt: 0 }): Promise<Known> {
    known.looking ??= this.read(tenantId, known).finally(() => delete known.looking);
    await known.looking;
    this.tenants.set(tenantId, known);
    return known;
  }

  private async read(tenantId: string, known: Known): Promise<void> {
    const since = new Date(known.upTo.getTime() - OVERLAP_MS);
    const rows = await runAs({ tenantId, actor: { kind: 'system' }, requestId: newId() }, () => this.db.read(() => this.repository.mergedSince(since)));
    for (const row of rows) {
      known.ids.set(row.oldId, row.customerId);
      if (row.mergedAt > known.upTo) known.upTo = row.mergedAt;
    }
    // Whoever was joined twice: the first join's alias moved on in the database, and may be older than this look.
    for (const [oldId, customerId] of known.ids) known.ids.set(oldId, known.ids.get(customerId) ?? customerId);
    known.lookedAt = Date.now();
  }
}
