import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/index.js';
import { TenantsModule } from '../tenants/index.js';
import { CustomersJobs } from './customers.jobs.js';
import { ContactsJobs } from './contacts/contacts.jobs.js';
import { CorpTagsRepository } from './contacts/corp-tags.repository.js';
import { CorpTagsResolver } from './contacts/corp-tags.resolver.js';
import { CorpTagsService } from './contacts/corp-tags.service.js';
import { UnionLookups } from './contacts/union-lookups.service.js';
import { CustomersRepository } from './customers.repository.js';
import { CustomersResolver } from './customers.resolver.js';
import { CustomersService } from './customers.service.js';
import { AccountTagsRepository } from './followers/account-tags.repository.js';
import { AccountTagsResolver } from './followers/account-tags.resolver.js';
import { AccountTagsService } from './followers/account-tags.service.js';
import { FollowersJobs } from './followers/followers.jobs.js';
import { IdentityRepository } from './identity/identity.repository.js';
import { IdentityService } from './identity/identity.service.js';
import { JoiningRepository } from './identity/joining.repository.js';
import { JoiningService } from './identity/joining.service.js';
import { MergedIds } from './identity/merged-ids.service.js';
import { PeopleJobs } from './identity/people.jobs.js';
import { PeopleNews } from './identity/people-news.service.js';
import { UnionStateResolver } from './identity/union-state.resolver.js';
import { PlayDoor } from './player/play-door.service.js';
import { PlayerResolver } from './player/player.resolver.js';
import { PlayerPeople } from './player/player-people.service.js';
import { PlayerService } from './player/player.service.js';
import { WebLoginResolver } from './player/web-login.resolver.js';
import { WebLoginService } from './player/web-login.service.js';
import { TagsRepository } from './tags/tags.repository.js';
import { TagsResolver } from './tags/tags.resolver.js';
import { TagsService } from './tags/tags.service.js';
import { TimelineReader } from './timeline/timeline.reader.js';
import { TimelineService } from './timeline/timeline.service.js';
import { VisitsService } from './visits.service.js';

@Module({
  imports: [TenantsModule, ChannelsModule],
  providers: [
    CustomersService, CustomersRepository, CustomersResolver, CustomersJobs, VisitsService,
    IdentityService, IdentityRepository, JoiningService, JoiningRepository, MergedIds, PeopleNews, PeopleJobs, UnionStateResolver, TagsService, TagsRepository, TagsResolver,
    TimelineService, TimelineReader, PlayerService, PlayerPeople, PlayerResolver, PlayDoor,
    CorpTagsService, CorpTagsRepository, CorpTagsResolver, UnionLookups, ContactsJobs,
    WebLoginService, WebLoginResolver, AccountTagsService, AccountTagsRepository, AccountTagsResolver, FollowersJobs,
  ],
  exports: [CustomersService, IdentityService, PeopleNews, TimelineService, VisitsService],
})
export class CustomersModule {}
