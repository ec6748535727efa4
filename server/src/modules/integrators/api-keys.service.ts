// Integrator keys: shown once, stored hashed, scoped, revocable; the same GraphQL API answers them.
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { integratorScopes, type Permission } from '@huiliu/shared';
import { type Actor, currentContext, currentTenantId, runAs } from '../../core/context.js';
import { bearer, Doorkeeper } from '../../core/doorkeeper.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { AppError, invalid, notFound } from '../../core/errors/app-error.js';
import { newId } from '../../core/ids.js';
import { hashSecret, newSecret } from '../../core/secrets.js';
import { Audit } from '../tenants/index.js';
import { formatKey, KEY_PREFIX, parseKey, unknownScopes } from './api-key.js';
import { type ApiKeyRow, IntegratorsRepository } from './integrators.repository.js';

@Injectable()
export class ApiKeysService implements OnModuleInit {
  constructor(
    private readonly db: TenantDb,
    private readonly keys: IntegratorsRepository,
    private readonly audit: Audit,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  onModuleInit(): void {
    this.doorkeeper.register((request) => {
      const token = bearer(request);
      return token?.startsWith(KEY_PREFIX) ? this.read(token, request.id) : undefined;
    });
  }

  /** @throws unauthenticated for a key that is unknown or revoked: a caller with a dead key is told so, not treated as a stranger. */
  private async read(token: string, requestId: string): Promise<{ actor: Actor; tenantId: string }> {
    const parsed = parseKey(token);
    const key = parsed && (await runAs({ tenantId: parsed.tenantId, actor: { kind: 'system' }, requestId }, () => this.db.write(() => this.keys.use(hashSecret(parsed.secret)))));
    if (!key) throw new AppError('unauthenticated', 'This API key is unknown or was revoked.');
    return { tenantId: parsed.tenantId, actor: { kind: 'integrator', id: key.id, name: key.name, permissions: new Set(key.scopes as Permission[]) } };
  }

  list = () => this.db.read(() => this.keys.list());
  scopes = () => [...integratorScopes];

  async create(name: string, scopes: string[]): Promise<{ apiKey: ApiKeyRow; secret: string }> {
    if (name.trim().length < 1 || name.length > 60) throw invalid('name', 'length', 'name must have 1 to 60 characters.');
    const unknown = unknownScopes(scopes);
    if (scopes.length === 0 || unknown.length > 0) throw invalid('scopes', 'unknown', `scopes must be one or more of apiKeyScopes; not allowed: ${unknown.join(', ') || 'none given'}.`, { unknown });
    const secret = newSecret();
    const key = formatKey(currentTenantId(), secret);
    return this.db.write(async () => {
      const apiKey = await this.keys.insert({ id: newId(), name: name.trim(), prefix: `${KEY_PREFIX}…${secret.slice(0, 4)}`, hash: hashSecret(secret), scopes, createdBy: currentContext().actor.id ?? null });
      await this.audit.record('integrator.create_key', { kind: 'api_key', id: apiKey.id }, { name, scopes });
      return { apiKey, secret: key };
    });
  }

  async revoke(id: string): Promise<void> {
    await this.db.write(async () => {
      if ((await this.keys.revoke(id)) === 0) throw notFound('api_key', id);
      await this.audit.record('integrator.revoke_key', { kind: 'api_key', id });
    });
  }
}
