import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/index.js';
import { CustomersModule } from '../customers/index.js';
import { ConsentsJobs } from './consents.jobs.js';
import { ConsentsResolver } from './consents.resolver.js';
import { ConsentsService } from './consents.service.js';
import { LedgerRepository } from './ledger.repository.js';
import { Ledger } from './ledger.service.js';
import { PermitsRepository } from './permits.repository.js';
import { PromptsService } from './prompts.service.js';

@Module({
  imports: [ChannelsModule, CustomersModule],
  providers: [Ledger, LedgerRepository, PermitsRepository, PromptsService, ConsentsService, ConsentsJobs, ConsentsResolver],
  exports: [Ledger, ConsentsService],
})
export class ConsentsModule {}
