import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/index.js';
import { ConsentsModule } from '../consents/index.js';
import { CustomersModule } from '../customers/index.js';
import { OffersModule } from '../offers/index.js';
import { BatchCalls } from './batches/batch-calls.service.js';
import { BatchLooks } from './batches/batch-looks.service.js';
import { BatchSettling } from './batches/batch-settling.service.js';
import { BatchesJobs } from './batches/batches.jobs.js';
import { BatchesRepository } from './batches/batches.repository.js';
import { Dispatcher } from './dispatcher.service.js';
import { inboxProviders } from './inbox/index.js';
import { DispatchesRepository } from './dispatches.repository.js';
import { Dispatches } from './dispatches.service.js';
import { MessagesJobs } from './messages.jobs.js';
import { MessagesRepository } from './messages.repository.js';
import { CustomerMessagesResolver, MessagesResolver } from './messages.resolver.js';
import { MessagesService } from './messages.service.js';
import { NoticesJobs } from './notices/notices.jobs.js';
import { NoticesRepository } from './notices/notices.repository.js';
import { NoticesService } from './notices/notices.service.js';
import { PlannerRepository } from './planner.repository.js';
import { Planner } from './planner.service.js';
import { ReceiptsService } from './receipts.service.js';
import { RendererService } from './renderer.service.js';
import { SettlingService } from './settling.service.js';
import { SweepService } from './sweep.service.js';
import { WaveRepository } from './wave.repository.js';
import { WaveService } from './wave.service.js';

@Module({
  imports: [ChannelsModule, CustomersModule, ConsentsModule, OffersModule],
  providers: [
    Planner, PlannerRepository, Dispatches, DispatchesRepository, Dispatcher, WaveService, SettlingService, WaveRepository, RendererService,
    SweepService, ReceiptsService, MessagesService, MessagesRepository, MessagesJobs, MessagesResolver, CustomerMessagesResolver,
    ...inboxProviders,
    NoticesJobs, NoticesService, NoticesRepository,
    BatchCalls, BatchLooks, BatchSettling, BatchesRepository, BatchesJobs,
  ],
  exports: [Planner, Dispatches],
})
export class MessagesModule {}
