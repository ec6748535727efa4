import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Can } from '../../core/graphql/doors.js';
import { decodeCursor, encodeCursor, page, pageSize } from '../../core/graphql/paging.js';
import { done } from '../../core/graphql/refusal.js';
import { DeadLetters } from '../../core/jobs/dead-letters.js';
import { ApiKeysService } from './api-keys.service.js';
import { IntegratorsRepository } from './integrators.repository.js';

@Resolver()
export class IntegratorsResolver {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly db: TenantDb,
    private readonly repository: IntegratorsRepository,
    private readonly letters: DeadLetters,
  ) {}

  @Query()
  @Can('integrator.manage')
  apiKeys() {
    return this.keys.list();
  }

  @Query()
  @Can('integrator.manage')
  apiKeyScopes() {
    return this.keys.scopes();
  }

  @Query()
  @Can('audit.read')
  async auditEntries(@Args('first') first: number, @Args('after') after?: string) {
    const size = pageSize(first);
    const cursor = decodeCursor(after);
    const rows = await this.db.read(() => this.repository.auditEntries(cursor, size + 1));
    return page(rows, size, (row) => encodeCursor(row.at, row.id));
  }

  @Query()
  @Can('integrator.manage')
  deadLetters() {
    return this.letters.list();
  }

  @Mutation()
  @Can('integrator.manage')
  createApiKey(@Args('name') name: string, @Args('scopes') scopes: string[]) {
    return this.keys.create(name, scopes);
  }

  @Mutation()
  @Can('integrator.manage')
  async revokeApiKey(@Args('id') id: string) {
    await this.keys.revoke(id);
    return done;
  }

  @Mutation()
  @Can('integrator.manage')
  async retryDeadLetter(@Args('id') id: string) {
    await this.letters.retry(id);
    return done;
  }
}
