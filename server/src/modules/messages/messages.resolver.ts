import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can, mustHave } from '../../core/graphql/doors.js';
import { grouped, inOrder, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { CustomersService } from '../customers/index.js';
import type { MessageRow } from './messages.repository.js';
import { MessagesService, type MessagesQuery } from './messages.service.js';

@Resolver('Message')
export class MessagesResolver {
  constructor(
    private readonly service: MessagesService,
    private readonly customers: CustomersService,
  ) {}

  @Query() @Can('message.read')
  messages(@Args() query: MessagesQuery) {
    return this.service.list(query);
  }

  @ResolveField()
  customer(@Parent() message: MessageRow, @Context() context: GraphContext) {
    mustHave('customer.read');
    return loader(context, 'message.customer', async (ids: readonly string[]) =>
      inOrder(ids, await this.customers.byIds(ids), (row) => row.id, (row) => row)).load(message.customerId);
  }
}

@Resolver('Customer')
export class CustomerMessagesResolver {
  constructor(private readonly service: MessagesService) {}

  @ResolveField()
  messages(@Parent() customer: { id: string }, @Args('first') first: number | undefined, @Context() context: GraphContext) {
    return loader(context, `customer.messages:${first ?? ''}`, async (ids: readonly string[]) =>
      grouped(ids, await this.service.ofCustomers(ids, first), (row) => row.customerId)).load(customer.id);
  }
}
