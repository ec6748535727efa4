import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can } from '../../core/graphql/doors.js';
import { grouped, loader, type GraphContext } from '../../core/graphql/loaders.js';
import type { CustomerFilter, CustomerRow } from './customers.repository.js';
import { CustomersService } from './customers.service.js';
import { IdentityService } from './identity/identity.service.js';
import { TagsService } from './tags/tags.service.js';
import { TimelineReader } from './timeline/timeline.reader.js';

@Resolver('Customer')
export class CustomersResolver {
  constructor(
    private readonly service: CustomersService,
    private readonly identitiesOf: IdentityService,
    private readonly tagsOf: TagsService,
    private readonly timelineOf: TimelineReader,
  ) {}

  @Query() @Can('customer.read')
  customers(@Args('filter') filter?: CustomerFilter | null, @Args('first') first?: number, @Args('after') after?: string) {
    return this.service.list(filter ?? {}, first, after);
  }

  @Query() @Can('customer.read')
  customerCount(@Args('filter') filter?: CustomerFilter | null) {
    return this.service.count(filter ?? {});
  }

  @Query() @Can('customer.read')
  customer(@Args('id') id: string) {
    return this.service.get(id);
  }

  @Mutation() @Can('customer.manage')
  updateCustomer(@Args('id') id: string, @Args('input') input: { name?: string | null; phone?: string | null }) {
    return this.service.update(id, input);
  }

  @Mutation() @Can('customer.manage')
  setOptOut(@Args('customerId') customerId: string, @Args('optedOut') optedOut: boolean) {
    return this.service.setOptOut(customerId, optedOut);
  }

  @ResolveField()
  identities(@Parent() customer: CustomerRow, @Context() context: GraphContext) {
    return loader(context, 'customer.identities', async (ids: readonly string[]) =>
      grouped(ids, await this.identitiesOf.ofCustomers(ids), (row) => row.customerId)).load(customer.id);
  }

  @ResolveField()
  tags(@Parent() customer: CustomerRow, @Context() context: GraphContext) {
    return loader(context, 'customer.tags', async (ids: readonly string[]) =>
      grouped(ids, await this.tagsOf.ofCustomers(ids), (row) => row.customerId)).load(customer.id);
  }

  @ResolveField()
  timeline(@Parent() customer: CustomerRow, @Context() context: GraphContext, @Args('first') first?: number, @Args('after') after?: string) {
    return this.timelineOf.load(context, customer.id, first, after);
  }
}
