import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { inOrder, loader, type GraphContext } from '../../../core/graphql/loaders.js';
import { done } from '../../../core/graphql/refusal.js';
import { TagsService } from './tags.service.js';
import type { TagRow } from './tags.repository.js';

@Resolver('Tag')
export class TagsResolver {
  constructor(private readonly service: TagsService) {}

  @Query() @Can('customer.read')
  tags() {
    return this.service.list();
  }

  @Mutation() @Can('customer.manage')
  createTag(@Args('name') name: string) {
    return this.service.create(name);
  }

  @Mutation() @Can('customer.manage')
  async deleteTag(@Args('id') id: string) {
    await this.service.delete(id);
    return done;
  }

  @Mutation() @Can('customer.manage')
  async tagCustomers(@Args('customerIds') customerIds: string[], @Args('tagId') tagId: string) {
    await this.service.tag(customerIds, tagId);
    return done;
  }

  @Mutation() @Can('customer.manage')
  async untagCustomers(@Args('customerIds') customerIds: string[], @Args('tagId') tagId: string) {
    await this.service.untag(customerIds, tagId);
    return done;
  }

  @ResolveField()
  customerCount(@Parent() tag: TagRow, @Context() context: GraphContext) {
    return loader(context, 'tag.customerCount', async (ids: readonly string[]) =>
      inOrder(ids, await this.service.counts(ids), (row) => row.id, (row) => row?.count ?? 0)).load(tag.id);
  }
}
