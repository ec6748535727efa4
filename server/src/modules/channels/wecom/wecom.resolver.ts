import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Can } from '../../../core/graphql/doors.js';
import { done, isRefusal } from '../../../core/graphql/refusal.js';
import { ContactDesk } from './contact-desk.service.js';
import { ContactSync } from './contact-sync.service.js';
import type { ContactSyncRow } from './contact-syncs.repository.js';
import { CustomerGroupsService } from './customer-groups.service.js';
import type { LiveCodeFields } from './live-codes.repository.js';
import { LiveCodes } from './live-codes.service.js';
import { MomentsService } from './moments.service.js';
import type { Welcome } from './welcome.js';
import { WelcomeDesk } from './welcome-desk.service.js';

interface LiveCodeInput {
  name: string;
  employees: string[];
  skipVerify?: boolean | null;
  corpTagIds?: string[] | null;
  welcome?: WelcomeInput | null;
  entryLinkId?: string | null;
}
type WelcomeInput = Partial<Welcome>;

@Resolver()
export class WecomResolver {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly sync: ContactSync,
    private readonly desk: ContactDesk,
    private readonly codes: LiveCodes,
    private readonly welcomes: WelcomeDesk,
    private readonly groups: CustomerGroupsService,
    private readonly posts: MomentsService,
  ) {}

  @Query() @Can('channel.read')
  contactEmployees(@Args('channelId') channelId: string) {
    return this.sync.employees(channelId);
  }

  @Query() @Can('channel.read')
  async contactSync(@Args('channelId') channelId: string) {
    const sync = await this.sync.latest(channelId);
    return sync === undefined ? null : presentSync(sync);
  }

  @Query() @Can('channel.read')
  contactCount(@Args('channelId') channelId: string): Promise<number> {
    return this.sync.count(channelId);
  }

  @Mutation() @Can('channel.manage')
  async startContactSync(@Args('channelId') channelId: string) {
    const sync = await this.sync.start(channelId, 'asked');
    return isRefusal(sync) ? sync : presentSync(sync);
  }

  @Mutation() @Can('channel.manage')
  async stopContactSync(@Args('channelId') channelId: string) {
    await this.sync.stop(channelId);
    return done;
  }

  @Query() @Can('channel.read')
  liveCodes(@Args('channelId') channelId: string) {
    return this.codes.list(channelId);
  }

  @Mutation() @Can('channel.manage')
  async createLiveCode(@Args('channelId') channelId: string, @Args('kind') kind: string, @Args('input') input: LiveCodeInput) {
    const made = await this.codes.create(channelId, kind, fieldsOf(input));
    return isRefusal(made) ? made : { __typename: 'LiveCode', ...made, contacts: 0 };
  }

  @Mutation() @Can('channel.manage')
  async updateLiveCode(@Args('id') id: string, @Args('input') input: LiveCodeInput) {
    const changed = await this.codes.update(id, fieldsOf(input));
    if (isRefusal(changed)) return changed;
    const counted = (await this.codes.list(changed.channelId)).find((code) => code.id === id);
    return { __typename: 'LiveCode', ...changed, contacts: counted?.contacts ?? 0 };
  }

  @Mutation() @Can('channel.manage')
  async deleteLiveCode(@Args('id') id: string) {
    return (await this.codes.delete(id)) ?? done;
  }

  @Query() @Can('channel.read')
  contactWelcome(@Args('channelId') channelId: string) {
    return this.codes.welcome(channelId);
  }

  @Mutation() @Can('channel.manage')
  async setContactWelcome(@Args('channelId') channelId: string, @Args('welcome') welcome?: WelcomeInput | null) {
    await this.codes.setWelcome(channelId, welcome ? welcomeOf(welcome) : undefined);
    return done;
  }

  @Query() @Can('channel.read')
  async welcomeFigures(@Args('channelId') channelId: string) {
    await this.codes.welcome(channelId); // refuses a channel of another kind
    return this.welcomes.figures(channelId);
  }

  @Mutation() @Can('customer.manage')
  async setContactRemark(@Args('channelId') channelId: string, @Args('externalId') externalId: string, @Args('employee') employee: string, @Args('remark') remark: string) {
    return (await this.desk.remark(channelId, { externalId, employee }, remark)) ?? done;
  }

  @Query() @Can('channel.read')
  customerGroups(@Args('channelId') channelId: string) {
    return this.groups.list(channelId);
  }

  @Mutation() @Can('channel.manage')
  async syncCustomerGroups(@Args('channelId') channelId: string) {
    await this.groups.refresh(channelId);
    return done;
  }

  @Mutation() @Can('channel.manage')
  async createGroupJoinCode(@Args('channelId') channelId: string, @Args('name') name: string, @Args('groupIds') groupIds: string[]) {
    const made = await this.groups.joinCode(channelId, name, groupIds);
    return isRefusal(made) ? made : { __typename: 'GroupJoinCode', ...made };
  }

  @Query() @Can('campaign.read')
  moments(@Args('channelId') channelId: string) {
    return this.posts.list(channelId);
  }

  @Mutation() @Can('campaign.launch')
  async createMoment(@Args('channelId') channelId: string, @Args('text') text: string, @Args('employees') employees?: string[] | null, @Args('corpTagIds') tagIds?: string[] | null) {
    const made = await this.posts.create(channelId, { text, employees: employees ?? [], tagIds: tagIds ?? [] });
    return isRefusal(made) ? made : { __typename: 'Moment', ...made };
  }

  @Mutation() @Can('campaign.launch')
  async cancelMoment(@Args('id') id: string) {
    return (await this.posts.cancel(id)) ?? done;
  }
}

const presentSync = ({ employees, place, ...sync }: ContactSyncRow) =>
  ({ __typename: 'ContactSync', ...sync, employees: employees?.length ?? 0, employeesDone: Math.min(place, employees?.length ?? 0) });

const welcomeOf = ({ text, ...link }: WelcomeInput): Welcome => ({ text: text ?? '', ...link });

const fieldsOf = ({ name, employees, skipVerify, corpTagIds, welcome, entryLinkId }: LiveCodeInput): LiveCodeFields =>
  ({ name: name.trim(), employees, skipVerify: skipVerify ?? true, corpTagIds: corpTagIds ?? [], welcome: welcome ? welcomeOf(welcome) : null, entryLinkId: entryLinkId ?? null });
