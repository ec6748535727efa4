import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Can } from '../../core/graphql/doors.js';
import { grouped, loader, type GraphContext } from '../../core/graphql/loaders.js';
import { isRefusal } from '../../core/graphql/refusal.js';
import type { EntryWay } from '../channels/index.js';
import type { EntryAddressRow } from './entry-addresses.repository.js';
import { EntryAddresses } from './entry-addresses.service.js';
import type { EntryLink } from './entry-link.js';

@Resolver('EntryLink')
export class EntryAddressesResolver {
  constructor(private readonly service: EntryAddresses) {}

  @Mutation() @Can('entry_link.manage')
  async makeEntryAddress(
    @Args('entryLinkId') entryLinkId: string, @Args('channelId') channelId: string, @Args('way') way: EntryWay, @Args('page') page?: string | null,
  ) {
    const made = await this.service.make({ entryLinkId, channelId, way, ...(page === undefined ? {} : { page }) });
    return isRefusal(made) ? made : { __typename: 'EntryAddress', ...present(made) };
  }

  @ResolveField()
  addresses(@Parent() link: EntryLink, @Context() context: GraphContext) {
    return loader(context, 'entryLink.addresses', async (ids: readonly string[]) =>
      grouped(ids, (await this.service.ofLinks(ids)).map(present), (address) => address.entryLinkId)).load(link.id);
  }
}

function present({ picture, ...row }: EntryAddressRow) {
  if (picture === null) return { ...row, picture: null };
  const type = picture[0] === 0xff ? 'jpeg' : 'png';
  return { ...row, picture: `data:image/${type};base64,${picture.toString('base64')}` };
}
