import { Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { ChannelsService } from '../../channels/index.js';
import { JoiningService } from './joining.service.js';

@Resolver()
export class UnionStateResolver {
  constructor(
    private readonly channels: ChannelsService,
    private readonly joining: JoiningService,
  ) {}

  @Query() @Can('channel.read')
  async channelUnions() {
    const rows = (await this.channels.list()).filter((row) => row.platform !== 'h5');
    return Promise.all(rows.map(async ({ id }) => ({ channelId: id, state: await this.joining.unionState(id) })));
  }
}
