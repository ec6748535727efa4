import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/index.js';
import { TenantsModule } from '../tenants/index.js';
import { CustomersJobs } from './customers.jobs.js';
import { CustomersRepository } from './customers.repository.js';
import { CustomersResolver } from './customers.resolver.js';
import { CustomersService } from './customers.service.js';
import { IdentityRepository } from './identity/identity.repository.js';
import { IdentityService } from './identity/identity.service.js';
import { PlayDoor } from './player/play-door.service.js';
import { PlayerResolver } from './player/player.resolver.js';
import { PlayerPeople } from './player/player-people.service.js';
import { PlayerService } from './player/player.service.js';
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
    IdentityService, IdentityRepository, TagsService, TagsRepository, TagsResolver,
    TimelineService, TimelineReader, PlayerService, PlayerPeople, PlayerResolver, PlayDoor,
  ],
  exports: [CustomersService, IdentityService, TimelineService, VisitsService],
})
export class CustomersModule {}
