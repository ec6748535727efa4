import { Module } from '@nestjs/common';
import { CustomersModule } from '../customers/index.js';
import { SegmentsRepository } from './segments.repository.js';
import { SegmentsResolver } from './segments.resolver.js';
import { SegmentsService } from './segments.service.js';

@Module({
  imports: [CustomersModule],
  providers: [SegmentsRepository, SegmentsService, SegmentsResolver],
  exports: [SegmentsService],
})
export class SegmentsModule {}
