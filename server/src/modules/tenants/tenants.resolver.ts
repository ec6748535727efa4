import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Can } from '../../core/graphql/doors.js';
import type { TenantInput } from './tenant.js';
import { TenantsService } from './tenants.service.js';

@Resolver('Tenant')
export class TenantsResolver {
  constructor(private readonly tenants: TenantsService) {}

  @Mutation()
  @Can('tenant.manage')
  updateTenant(@Args('input') input: TenantInput) {
    return this.tenants.update(input);
  }
}
