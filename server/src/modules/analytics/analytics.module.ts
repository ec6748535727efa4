import { Module } from '@nestjs/common';
import { AnalyticsResolver } from './analytics.resolver.js';
import { HomeRepository } from './home.repository.js';
import { HomeService } from './home.service.js';
import { SetupGuideRepository } from './setup-guide.repository.js';

@Module({ providers: [HomeRepository, SetupGuideRepository, HomeService, AnalyticsResolver] })
export class AnalyticsModule {}
