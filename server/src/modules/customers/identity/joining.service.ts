// One person under several ids: joined as soon as the platform says so, never on a guess.
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Events } from '../../../core/events/events.js';
import { LOG, type Log } from '../../../core/log.js';
import { TimelineService } from '../timeline/timeline.service.js';
import { IdentityRepository } from './identity.repository.js';
import { type JoinEvidence, judgeJoin } from './join.js';
import { JoiningRepository, type JoinGroup } from './joining.repository.js';

/** What a platform told about one identity of ours. */
export interface Learnt {
  identityId: string;
  unionId?: string | undefined;
  /** Only a number that the platform itself verified. */
  phone?: string | undefined;
}

const AT_ONCE = 500;

@Injectable()
export class JoiningService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly identities: IdentityRepository,
    private readonly repository: JoiningRepository,
    private readonly timeline: TimelineService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Stores what was learnt and joins those whom it names together. Told twice, it does nothing more. */
  async learn(facts: readonly Learnt[]): Promise<void> {
    const known = facts.filter((fact) => fact.unionId !== undefined || fact.phone !== undefined);
    if (known.length === 0) return;
    const unions = known.flatMap((fact) => fact.unionId ?? []);
    const phones = known.flatMap((fact) => fact.phone ?? []);
    await this.db.write(async () => {
      await this.lock(unions, phones);
      await this.repository.note(known.map((f) => f.identityId), known.map((f) => f.unionId ?? null), known.map((f) => f.phone ?? null));
      if (unions.length > 0) await this.join('union', unions);
      if (phones.length > 0) await this.join('phone', phones);
    });
  }

  /** Joins those who carry these union ids: for whoever just stored one. Joins the caller's write. */
  async joinByUnion(unionIds: readonly string[]): Promise<void> {
    await this.db.write(async () => {
      await this.lock(unionIds, []);
      await this.join('union', unionIds);
    });
  }

  /** The same external id at several accounts of one company is one person. */
  async joinByExternalId(externalIds: readonly string[]): Promise<void> {
    if (externalIds.length === 0) return;
    await this.db.write(() => this.join('external_userid', externalIds));
  }

  /** Looks at everybody: who was named together while one of them had a message under way. @returns how many were joined */
  async repair(): Promise<number> {
    let joined = 0;
    for (const evidence of ['union', 'external_userid', 'phone'] as const) {
      // Page by page: those left to a person's eye must not stand in the way of the others.
      for (let after: string | undefined = ''; after !== undefined; ) {
        const from: string = after;
        const page = await this.db.write(async () => {
          const groups = await this.repository.groups(evidence, undefined, AT_ONCE, from);
          return { joined: await this.joinGroups(evidence, groups), next: groups.length < AT_ONCE ? undefined : groups.at(-1)!.key };
        });
        joined += page.joined;
        after = page.next;
      }
    }
    return joined;
  }

  unionState(channelId: string): Promise<'none' | 'alone' | 'shared'> {
    return this.db.read(() => this.repository.unionState(channelId));
  }

  /** Who this id is now: itself, unless it was joined with another. */
  async current(customerId: string): Promise<string> {
    return (await this.db.read(() => this.repository.current([customerId]))).get(customerId) ?? customerId;
  }

  /** The same lock as making a person with that union id takes: fifty at once agree. */
  private lock(unions: readonly string[], phones: readonly string[]): Promise<void> {
    return this.identities.lock([...unions.map((union) => `union/${union}`), ...phones.map((phone) => `phone/${phone}`)]);
  }

  private async join(evidence: JoinEvidence, keys: readonly string[]): Promise<void> {
    const asked = [...new Set(keys)];
    await this.joinGroups(evidence, await this.repository.groups(evidence, asked, asked.length + AT_ONCE));
  }

  private async joinGroups(evidence: JoinEvidence, groups: readonly JoinGroup[]): Promise<number> {
    const pairs = apart(groups.flatMap((group) => this.pairsOf(group)));
    if (pairs.length === 0) return 0;
    const now = this.clock.now();
    const joined = new Set(await this.repository.merge(pairs, evidence, now));
    const done = pairs.filter((pair) => joined.has(pair.from));
    if (done.length < pairs.length) this.log.info({ evidence, waiting: pairs.length - done.length }, 'people will be joined once their messages are settled');
    if (done.length === 0) return 0;
    await this.timeline.record(done.map(({ from, into }) => ({ customerId: into, type: 'customer.merged', occurredAt: now, sourceKey: `customer.merged:${from}`, detail: { from, evidence } })));
    await this.events.emit('customer.merged', { customerIds: [...new Set(done.map((pair) => pair.into))] });
    return done.length;
  }

  private pairsOf(group: JoinGroup): { from: string; into: string }[] {
    const judged = judgeJoin(group.evidence, group.people);
    if (judged.verdict === 'auto') return judged.from.map((from) => ({ from, into: judged.into }));
    this.log.info({ evidence: group.evidence, why: judged.why, customers: group.people.map((person) => person.customerId) }, 'not joined: these may be several people');
    return [];
  }
}

/** A person takes part in one join at a time: chains are for the next look. */
function apart(pairs: readonly { from: string; into: string }[]): { from: string; into: string }[] {
  const from = new Set<string>();
  const into = new Set<string>();
  return pairs.filter((pair) => {
    if (from.has(pair.from) || into.has(pair.from) || from.has(pair.into)) return false;
    from.add(pair.from);
    into.add(pair.into);
    return true;
  });
}
