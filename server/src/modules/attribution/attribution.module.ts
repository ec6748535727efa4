import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.js';
import { TenantsModule } from '../tenants/index.js';
import { AttributionRepository } from './attribution.repository.js';
import { AttributionResolver } from './attribution.resolver.js';
import { AttributionService } from './attribution.service.js';
import { KnownVisits } from './known-visits.service.js';
import { VisitIntake } from './visit-intake.service.js';

@Module({
  imports: [TenantsModule, CustomersModule],
  providers: [AttributionService, AttributionRepository, AttributionResolver, VisitIntake, KnownVisits],
  exports: [AttributionService],
})
export class AttributionModule {}
