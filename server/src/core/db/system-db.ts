// Above the fence: sign-in, channel lookup, tenant administration, core jobs. Each use states its reason.
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { SYSTEM_POOL } from './data-source.js';
import { inTransaction } from './scope.js';
import { Sql } from './sql.js';

@Injectable()
export class SystemDb extends Sql {
  protected readonly kind = 'system';

  constructor(@Inject(SYSTEM_POOL) private readonly pool: DataSource) {
    super();
  }

  /** One transaction over all tenants. The reason is for the reader: why the tenant's fence does not fit here. */
  write<T>(_reason: string, work: () => Promise<T>): Promise<T> {
    return inTransaction({ pool: this.pool, kind: 'system', mode: 'write', tenantId: '' }, work);
  }

  read<T>(_reason: string, work: () => Promise<T>): Promise<T> {
    return inTransaction({ pool: this.pool, kind: 'system', mode: 'read', tenantId: '' }, work);
  }
}
