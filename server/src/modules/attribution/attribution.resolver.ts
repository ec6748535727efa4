import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Can, PublicMetered } from '../../core/graphql/doors.js';
import { inOrder, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { done } from '../../core/graphql/refusal.js';
import { AttributionService } from './attribution.service.js';
import type { EntryLink } from './entry-link.js';
import { VisitIntake } from './visit-intake.service.js';

const NONE = { touches: 0, customers: 0 };

@Resolver('EntryLink')
export class AttributionResolver {
  constructor(
    private readonly service: AttributionService,
    private readonly visits: VisitIntake,
  ) {}

  @Query() @Can('entry_link.read')
  entryLinks() {
    return this.service.links();
  }

  @Query() @Can('entry_link.read')
  entryLink(@Args('id') id: string) {
    return this.service.link(id);
  }

  @Mutation() @Can('entry_link.manage')
  createEntryLink(@Args('input') input: { name: string; source: string; offerId?: string | null }) {
    return this.service.createLink(input);
  }

  @Mutation() @Can('entry_link.manage')
  async archiveEntryLink(@Args('id') id: string) {
    await this.service.archiveLink(id);
    return done;
  }

  @Mutation() @PublicMetered()
  async recordVisit(
    @Args('tenantSlug') tenantSlug: string, @Args('visitorId') visitorId: string, @Args('entryCode') entryCode?: string | null, @Args('messageId') messageId?: string | null,
    @Args('launchScene') launchScene?: number | null,
  ) {
    await this.visits.record({ tenantSlug, visitorId, entryCode, messageId, launchScene });
    return done;
  }

  @ResolveField()
  url(@Parent() link: EntryLink, @Context() context: GraphContext) {
    return loader(context, 'entryLink.url', (links: readonly EntryLink[]) => this.service.urlsOf(links)).load(link);
  }

  @ResolveField()
  async touches(@Parent() link: EntryLink, @Context() context: GraphContext) {
    return (await this.counts(link, context)).touches;
  }

  @ResolveField()
  async customers(@Parent() link: EntryLink, @Context() context: GraphContext) {
    return (await this.counts(link, context)).customers;
  }

  private counts(link: EntryLink, context: GraphContext) {
    return loader(context, 'entryLink.counts', async (ids: readonly string[]) =>
      inOrder(ids, await this.service.touchCounts(ids), (row) => row.id, (row) => row ?? NONE)).load(link.id);
  }
}
