import { Module } from '@nestjs/common';
import { Audit } from './audit.service.js';
import { TenantsRepository } from './tenants.repository.js';
import { TenantsResolver } from './tenants.resolver.js';
import { TenantsService } from './tenants.service.js';

@Module({ providers: [TenantsRepository, TenantsService, TenantsResolver, Audit], exports: [TenantsService, Audit] })
export class TenantsModule {}
