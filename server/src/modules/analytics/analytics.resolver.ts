import { Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../core/graphql/doors.js';
import { HomeService } from './home.service.js';

@Resolver()
export class AnalyticsResolver {
  constructor(private readonly service: HomeService) {}

  @Query() @Can('analytics.read')
  home() {
    return this.service.home();
  }

  @Query() @Can('analytics.read')
  setupGuide() {
    return this.service.setupGuide();
  }
}
