import { Module } from '@nestjs/common';
import { AnalyticsResolver } from './analytics.resolver.js';
import { HomeRepository } from './home.repository.js';
import { HomeService } from './home.service.js';

@Module({ providers: [HomeRepository, HomeService, AnalyticsResolver] })
export class AnalyticsModule {}
