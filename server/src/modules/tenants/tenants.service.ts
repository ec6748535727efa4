import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { invalid, notFound } from '../../core/errors/app-error.js';
import { newId } from '../../core/ids.js';
import { makeSlug, type Tenant, type TenantInput, whyNotTenant } from './tenant.js';
import { TenantsRepository } from './tenants.repository.js';

const CACHE_MS = 30_000;

@Injectable()
export class TenantsService {
  private readonly bySlugCache = new Map<string, { tenant: Tenant; until: number }>();

  constructor(
    private readonly db: TenantDb,
    private readonly tenants: TenantsRepository,
  ) {}

  /** Opens a merchant account. Runs in the caller's system transaction (sign-up). */
  async open(input: { name: string; trade?: string | null; isDemo?: boolean }): Promise<Tenant> {
    this.check(input);
    const tenant: Tenant = { id: newId(), slug: makeSlug(randomBytes(10)), name: input.name.trim(), timezone: 'Asia/Shanghai', trade: input.trade ?? null, isDemo: input.isDemo ?? false };
    await this.tenants.insert(tenant);
    return tenant;
  }

  /** The merchant of a public address; remembered for half a minute, since every customer page asks. @throws NOT_FOUND */
  async bySlug(slug: string): Promise<Tenant> {
    const known = this.bySlugCache.get(slug);
    if (known && known.until > Date.now()) return known.tenant;
    const tenant = await this.tenants.bySlug(slug);
    if (!tenant) throw notFound('tenant', slug);
    if (this.bySlugCache.size > 10_000) this.bySlugCache.clear();
    this.bySlugCache.set(slug, { tenant, until: Date.now() + CACHE_MS });
    return tenant;
  }

  byIds(ids: readonly string[]): Promise<Tenant[]> {
    return this.tenants.byIds(ids);
  }

  /** The merchant in whose name we act. @throws NOT_FOUND */
  async current(): Promise<Tenant> {
    const tenant = await this.db.read(() => this.tenants.current());
    if (!tenant) throw notFound('tenant');
    return tenant;
  }

  async update(input: TenantInput): Promise<Tenant> {
    this.check(input);
    const tenant = await this.db.write(() => this.tenants.update(input));
    if (!tenant) throw notFound('tenant');
    this.bySlugCache.delete(tenant.slug);
    return tenant;
  }

  private check(input: TenantInput): void {
    const why = whyNotTenant(input);
    if (why) throw invalid(why.field, why.problem, why.message);
  }
}
