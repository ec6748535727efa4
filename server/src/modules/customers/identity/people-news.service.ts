// What the channels tell about who somebody is: followers, contacts, ids that belong together.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import type { ChannelEvent } from '../../channels/index.js';
import { TimelineService, type TimelineFact } from '../timeline/timeline.service.js';
import { identityKindOf } from './identity-kind.js';
import { IdentityService, type Resolved } from './identity.service.js';
import { JoiningRepository } from './joining.repository.js';
import { JoiningService, type Learnt } from './joining.service.js';

type Of<T extends ChannelEvent['type']> = Extract<ChannelEvent, { type: T }>;
const COMES = ['follower.followed', 'contact.added'] as const;
const LEAVES = ['follower.unfollowed', 'contact.removed'] as const;
type Moved = Of<(typeof COMES)[number] | (typeof LEAVES)[number]>;

/** Somebody whom a list of the platform's names. */
export interface SeenPerson {
  externalId: string;
  unionId?: string | undefined;
}

@Injectable()
export class PeopleNews {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly identities: IdentityService,
    private readonly joining: JoiningService,
    private readonly repository: JoiningRepository,
    private readonly timeline: TimelineService,
  ) {}

  /** Enters what these events say. May run twice. */
  async enter(channelId: string, platform: string, events: readonly ChannelEvent[]): Promise<void> {
    const moved = events.filter((event): event is Moved => [...COMES, ...LEAVES].some((type) => type === event.type) && event.externalId !== '');
    if (moved.length > 0) await this.moved(channelId, platform, moved);
    const learnt = events.filter((event) => event.type === 'identity.learnt' && event.externalId !== '') as Of<'identity.learnt'>[];
    if (learnt.length > 0) await this.learnt(channelId, platform, learnt);
  }

  /** A page of an account's people: made where unknown, joined where their union ids say so. @returns external id → person */
  async meet(channelId: string, platform: string, people: readonly SeenPerson[]): Promise<Map<string, Resolved>> {
    const kind = identityKindOf(platform);
    return this.db.write(async () => {
      const known = await this.identities.resolveMany(channelId, kind, people.map((person) => person.externalId));
      await this.repository.mark([...known.values()].map((person) => person.identityId), null);
      await this.joining.learn(people.map(({ externalId, unionId }) => ({ identityId: known.get(externalId)!.identityId, unionId })));
      if (kind === 'external_userid') await this.joining.joinByExternalId(people.map((person) => person.externalId));
      return this.identities.resolveMany(channelId, kind, people.map((person) => person.externalId));
    });
  }

  /** These are no longer among an account's people. */
  async parted(channelId: string, platform: string, externalIds: readonly string[]): Promise<void> {
    await this.db.write(async () => {
      const gone = await this.identities.known(channelId, identityKindOf(platform), externalIds);
      await this.repository.mark(gone.map((identity) => identity.id), this.clock.now());
    });
  }

  private async moved(channelId: string, platform: string, moved: readonly Moved[]): Promise<void> {
    // What came last holds, in whatever order it was delivered within this batch.
    const last = new Map(moved.toSorted((a, b) => a.at.localeCompare(b.at)).map((event) => [event.externalId, event]));
    const came = [...last.values()].filter((event) => COMES.some((type) => type === event.type));
    // A contact that one employee lost may still be another's: only who follows nobody is gone.
    const left = [...last.values()].filter((event) => event.type === 'follower.unfollowed');
    await this.db.write(async () => {
      const people = await this.identities.resolveMany(channelId, identityKindOf(platform), moved.map((event) => event.externalId));
      await this.repository.mark(came.map((event) => people.get(event.externalId)!.identityId), null);
      await this.repository.mark(left.map((event) => people.get(event.externalId)!.identityId), this.clock.now());
      if (identityKindOf(platform) === 'external_userid') await this.joining.joinByExternalId(came.map((event) => event.externalId));
      const facts = moved.map((event): TimelineFact => ({
        customerId: people.get(event.externalId)!.customerId, type: event.type, occurredAt: new Date(event.at), sourceKey: `${channelId}/${event.dedupKey}`,
        detail: { channelId, ...('employee' in event ? { employee: event.employee } : {}) },
      }));
      await this.timeline.record(facts);
    });
  }

  private async learnt(channelId: string, platform: string, learnt: readonly Of<'identity.learnt'>[]): Promise<void> {
    await this.db.write(async () => {
      const people = await this.identities.resolveMany(channelId, identityKindOf(platform), learnt.map((event) => event.externalId));
      await this.joining.learn(learnt.map((event): Learnt => ({ identityId: people.get(event.externalId)!.identityId, unionId: event.unionId, phone: event.phone })));
      for (const { externalId, otherExternalId } of learnt)
        if (otherExternalId !== undefined) await this.identities.alsoKnownAs(people.get(externalId)!, otherExternalId);
    });
  }
}
