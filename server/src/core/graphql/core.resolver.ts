import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Public } from './doors.js';

@Resolver()
export class CoreResolver {
  @Query()
  @Public()
  version(): string {
    return '0.1.0';
  }

  @Mutation()
  @Public()
  ping(@Args('text') text: string): string {
    return text;
  }
}
