// The one door to tenant data: every statement runs inside the tenant's fence.
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { currentTenantId } from '../context.js';
import { APP_POOL } from './data-source.js';
import { inTransaction } from './scope.js';
import { Sql } from './sql.js';

@Injectable()
export class TenantDb extends Sql {
  protected readonly kind = 'tenant';

  constructor(@Inject(APP_POOL) private readonly pool: DataSource) {
    super();
  }

  /** One transaction, fenced to the current tenant; joins an outer one. Keep platform calls out of it. */
  write<T>(work: () => Promise<T>): Promise<T> {
    return inTransaction({ pool: this.pool, kind: 'tenant', mode: 'write', tenantId: currentTenantId() }, work);
  }

  /** The same, read only. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return inTransaction({ pool: this.pool, kind: 'tenant', mode: 'read', tenantId: currentTenantId() }, work);
  }
}
