import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can, mustHave } from '../../core/graphql/doors.js';
import { inOrder, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { done } from '../../core/graphql/refusal.js';
import { CustomersService } from '../customers/index.js';
import type { SegmentRow } from './segments.repository.js';
import { SegmentsService } from './segments.service.js';

@Resolver('Segment')
export class SegmentsResolver {
  constructor(
    private readonly service: SegmentsService,
    private readonly customers: CustomersService,
  ) {}

  @Query() @Can('segment.read')
  segments() {
    return this.service.list();
  }

  @Query() @Can('segment.read')
  segment(@Args('id') id: string) {
    return this.service.get(id);
  }

  @Query() @Can('segment.read')
  countSegment(@Args('rule') rule: unknown) {
    return this.service.reach(rule).then((reach) => ({ total: reach.total, reach }));
  }

  @Query() @Can('segment.read')
  async segmentSample(@Args('rule') rule: unknown, @Args('first') first: number) {
    mustHave('customer.read');
    const ids = await this.service.sample(rule, first);
    const found = inOrder(ids, await this.customers.byIds(ids), (row) => row.id, (row) => row);
    return found.filter((row) => row !== undefined);
  }

  @Query() @Can('segment.read')
  reachMeter() {
    return this.service.reachOfAll();
  }

  @Mutation() @Can('segment.manage')
  saveSegment(@Args('id') id: string | null | undefined, @Args('name') name: string, @Args('rule') rule: unknown) {
    return this.service.save(id ?? undefined, name, rule);
  }

  @Mutation() @Can('segment.manage')
  async archiveSegment(@Args('id') id: string) {
    await this.service.archive(id);
    return done;
  }

  @ResolveField()
  count(@Parent() segment: SegmentRow, @Context() context: GraphContext) {
    return loader(context, 'segment.count', (segments: readonly SegmentRow[]) => this.service.counts(segments)).load(segment);
  }
}
