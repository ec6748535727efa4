import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { inOrder, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { presentTemplate, TemplatesService } from '../channels/index.js';
import { hasTemplate } from '../messages/index.js';
import type { CampaignContent } from './campaign.js';

@Resolver('CampaignContent')
export class CampaignContentsResolver {
  constructor(private readonly templates: TemplatesService) {}

  @ResolveField()
  template(@Parent() content: CampaignContent, @Context() context: GraphContext) {
    if (!hasTemplate(content)) return null;
    return loader(context, 'campaign.template', async (ids: readonly string[]) =>
      inOrder(ids, await this.templates.byIds(ids), (row) => row.id, (row) => row && presentTemplate(row))).load(content.templateId);
  }
}
