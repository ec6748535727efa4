import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can, Customer } from '../../core/graphql/doors.js';
import { grouped, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { ConsentsService } from './consents.service.js';
import { PromptsService, type ClientAnswer } from './prompts.service.js';

@Resolver('Customer')
export class ConsentsResolver {
  constructor(
    private readonly service: ConsentsService,
    private readonly prompts: PromptsService,
  ) {}

  @Query() @Can('ledger.read')
  permitCredits(@Args('customerId') customerId: string, @Args('first') first?: number) {
    return this.service.credits(customerId, first);
  }

  @Query() @Can('ledger.read')
  ledgerBalance() {
    return this.service.balance();
  }

  @Mutation() @Customer()
  async reportPrompt(@Args('promptId') promptId: string, @Args('appId') appId: string, @Args('answers') answers: ClientAnswer[]) {
    return { credited: await this.prompts.report(promptId, appId, answers) };
  }

  @ResolveField()
  permits(@Parent() customer: { id: string }, @Context() context: GraphContext) {
    return loader(context, 'customer.permits', async (ids: readonly string[]) =>
      grouped(ids, await this.service.ofCustomers(ids), (row) => row.customerId)).load(customer.id);
  }
}
