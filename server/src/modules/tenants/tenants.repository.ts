// SQL of merchants. Creating one and finding one by its public name happen above the fence: no tenant is known yet.
import { Injectable } from '@nestjs/common';
import { SystemDb } from '../../core/db/system-db.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { Tenant, TenantInput } from './tenant.js';

const columns = 'id, slug, name, timezone, trade, is_demo "isDemo"';

@Injectable()
export class TenantsRepository {
  constructor(
    private readonly db: TenantDb,
    private readonly system: SystemDb,
  ) {}

  insert(tenant: Tenant): Promise<number> {
    return this.system.exec('insert into tenants (id, slug, name, timezone, trade, is_demo) values ($1,$2,$3,$4,$5,$6)', [tenant.id, tenant.slug, tenant.name, tenant.timezone, tenant.trade, tenant.isDemo]);
  }

  bySlug(slug: string): Promise<Tenant | undefined> {
    return this.system.read('a public address names the merchant', () => this.system.one<Tenant>(`select ${columns} from tenants where slug = $1 and suspended_at is null`, [slug]));
  }

  byIds(ids: readonly string[]): Promise<Tenant[]> {
    return this.system.read('one person may work for several merchants', () => this.system.query<Tenant>(`select ${columns} from tenants where id = any($1::uuid[]) order by created_at`, [ids]));
  }

  /** The tenant of the open transaction. */
  current(): Promise<Tenant | undefined> {
    return this.db.one<Tenant>(`select ${columns} from tenants`);
  }

  update(input: TenantInput): Promise<Tenant | undefined> {
    return this.db.one<Tenant>(
      `update tenants set name = coalesce($1, name), timezone = coalesce($2, timezone), trade = coalesce($3, trade) returning ${columns}`,
      [input.name ?? null, input.timezone ?? null, input.trade ?? null],
    );
  }
}
