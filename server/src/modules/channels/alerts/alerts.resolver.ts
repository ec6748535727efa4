import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { done } from '../../../core/graphql/refusal.js';
import { AlertsService } from './alerts.service.js';

@Resolver()
export class AlertsResolver {
  constructor(private readonly service: AlertsService) {}

  @Query() @Can('channel.read')
  alerts() {
    return this.service.list();
  }

  @Mutation() @Can('channel.manage')
  async resolveAlert(@Args('id') id: string) {
    await this.service.resolve(id);
    return done;
  }
}
