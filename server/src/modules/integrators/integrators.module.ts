import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/index.js';
import { ApiKeysService } from './api-keys.service.js';
import { IntegratorsRepository } from './integrators.repository.js';
import { IntegratorsResolver } from './integrators.resolver.js';

@Module({ imports: [TenantsModule], providers: [ApiKeysService, IntegratorsRepository, IntegratorsResolver] })
export class IntegratorsModule {}
