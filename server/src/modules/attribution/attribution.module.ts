import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/index.js';
import { CustomersModule } from '../customers/index.js';
import { TenantsModule } from '../tenants/index.js';
import { AddedContacts } from './added-contacts.service.js';
import { AttributionJobs } from './attribution.jobs.js';
import { AttributionRepository } from './attribution.repository.js';
import { AttributionResolver } from './attribution.resolver.js';
import { AttributionService } from './attribution.service.js';
import { EntryAddressesRepository } from './entry-addresses.repository.js';
import { EntryAddressesResolver } from './entry-addresses.resolver.js';
import { EntryAddresses } from './entry-addresses.service.js';
import { KnownVisits } from './known-visits.service.js';
import { ScannedCodes } from './scanned-codes.service.js';
import { VisitIntake } from './visit-intake.service.js';

@Module({
  imports: [TenantsModule, ChannelsModule, CustomersModule],
  providers: [AttributionService, AttributionRepository, AttributionResolver, VisitIntake, KnownVisits, EntryAddresses, EntryAddressesRepository, EntryAddressesResolver, ScannedCodes, AddedContacts, AttributionJobs],
  exports: [AttributionService],
})
export class AttributionModule {}
