// Who is this? One person per identity, and one person across accounts that share a union id.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { IdentityRepository, type IdentityRow, type NewIdentity } from './identity.repository.js';
import { JoiningService } from './joining.service.js';

export interface Resolved {
  customerId: string;
  identityId: string;
  /** True when this call made the identity. */
  isNew: boolean;
}

const SEEN_EVERY_MS = 60_000; // a last-seen time to the minute is enough, and spares a write per request

@Injectable()
export class IdentityService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly identities: IdentityRepository,
    private readonly joining: JoiningService,
  ) {}

  /** The person behind an id at one channel; made when unknown. Fifty calls at once make one person. Joins an open write. */
  async resolve(who: NewIdentity): Promise<Resolved> {
    return this.db.write(async () => {
      const [known] = await this.identities.find(who.channelId, who.kind, [who.externalId]);
      if (known) return this.welcomeBack(known, who.unionId);
      const made = await this.create(who.channelId, who.kind, [who]);
      return made.get(who.externalId)!;
    });
  }

  /** The same for many ids of one channel, in a handful of statements: external id → person. */
  async resolveMany(channelId: string, kind: string, externalIds: readonly string[]): Promise<Map<string, Resolved>> {
    const asked = [...new Set(externalIds)];
    if (asked.length === 0) return new Map();
    return this.db.write(async () => {
      const known = new Map((await this.identities.find(channelId, kind, asked)).map((row) => [row.externalId, old(row)]));
      const unknown = asked.filter((id) => !known.has(id));
      if (unknown.length === 0) return known;
      const made = await this.create(channelId, kind, unknown.map((externalId) => ({ channelId, kind, externalId })));
      return new Map([...known, ...made]);
    });
  }

  /** What is known of these people's ids; those withdrawn are left out. */
  ofCustomers(customerIds: readonly string[]): Promise<IdentityRow[]> {
    return this.db.read(() => this.identities.ofCustomers(customerIds));
  }

  /** These people withdrew their authorisation: nothing is sent to them there, and their name and phone are forgotten. */
  async revoke(channelId: string, externalIds: readonly string[]): Promise<string[]> {
    return this.db.write(() => this.identities.revoke(channelId, externalIds, this.clock.now()));
  }

  /** The identities among these ids that are known; nobody is made. */
  known(channelId: string, kind: string, externalIds: readonly string[]): Promise<IdentityRow[]> {
    return this.db.read(() => this.identities.find(channelId, kind, externalIds));
  }

  /** The platform gave the same person another id at the same account. The new id is theirs unless it is somebody's already. Joins an open write. */
  async alsoKnownAs(person: Resolved, externalId: string): Promise<void> {
    await this.db.write(() => this.identities.addSibling(person.identityId, externalId, this.clock.now()));
  }

  private async welcomeBack(known: IdentityRow, unionId: string | undefined): Promise<Resolved> {
    const now = this.clock.now();
    const learns = unionId !== undefined && known.unionId !== unionId;
    // Before the row is touched: everybody takes these two locks in this order.
    if (learns) await this.identities.lock([`union/${unionId}`]);
    if (learns || known.revokedAt || now.getTime() - known.lastSeenAt.getTime() > SEEN_EVERY_MS) await this.identities.seen(known.id, unionId, now);
    if (!learns) return old(known);
    await this.joining.joinByUnion([unionId]);
    const [joined] = await this.identities.find(known.channelId, known.kind, [known.externalId]);
    return old(joined ?? known);
  }

  /** Behind a lock per id and union id: whoever waited looks again and finds what the first one made. */
  private async create(channelId: string, kind: string, wanted: readonly NewIdentity[]): Promise<Map<string, Resolved>> {
    const unions = wanted.flatMap((w) => w.unionId ?? []);
    await this.identities.lock([...wanted.map((w) => `identity/${channelId}/${kind}/${w.externalId}`), ...unions.map((u) => `union/${u}`)]);
    const found = await this.identities.find(channelId, kind, wanted.map((w) => w.externalId));
    const people = new Map(found.map((row) => [row.externalId, old(row)]));
    const missing = wanted.filter((w) => !people.has(w.externalId));
    if (missing.length === 0) return people;
    const byUnion = unions.length > 0 ? await this.identities.byUnion(unions) : new Map<string, string>();
    const fresh: string[] = [];
    const rows = missing.map((w) => {
      const customerId = (w.unionId && byUnion.get(w.unionId)) || newId();
      if (!w.unionId || byUnion.get(w.unionId) !== customerId) fresh.push(customerId);
      if (w.unionId) byUnion.set(w.unionId, customerId);
      return { ...w, customerId };
    });
    for (const row of await this.identities.insert(fresh, rows, this.clock.now())) people.set(row.externalId, { ...old(row), isNew: true });
    return people;
  }
}

const old = (row: IdentityRow): Resolved => ({ customerId: row.customerId, identityId: row.id, isNew: false });
