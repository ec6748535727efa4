// Somebody became a WeCom contact by a live code or link: a touch of the source the code counts for.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Events } from '../../core/events/events.js';
import { LiveCodes, type ChannelEvent } from '../channels/index.js';
import { IdentityService } from '../customers/index.js';
import { AttributionRepository, type NewTouch } from './attribution.repository.js';
import { KnownVisits } from './known-visits.service.js';
import { touchIdOf } from './scanned-codes.service.js';

type Added = Extract<ChannelEvent, { type: 'contact.added' }>;

/** The source of a code that names none. */
const SOURCE = 'wecom_code';

@Injectable()
export class AddedContacts {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly codes: LiveCodes,
    private readonly repository: AttributionRepository,
    private readonly identities: IdentityService,
    private readonly known: KnownVisits,
  ) {}

  /** May run twice for the same events: a touch's id follows from its callback. */
  async record(channelId: string, events: readonly ChannelEvent[]): Promise<void> {
    // A half contact is told again once the employee confirms: both are one visit, which began with the first.
    const added = events.filter((event): event is Added => event.type === 'contact.added' && event.state !== '');
    if (added.length === 0) return;
    await this.db.write(async () => {
      const codes = new Map((await this.codes.byStates(channelId, added.map((event) => event.state))).map((code) => [code.state, code]));
      const ours = added.filter((event) => codes.has(event.state));
      const links = new Map((await this.repository.linksById([...codes.values()].flatMap((code) => code.entryLinkId ?? []))).map((link) => [link.id, link]));
      const people = await this.identities.resolveMany(channelId, 'external_userid', ours.map((event) => event.externalId));
      for (const event of ours) {
        const link = links.get(codes.get(event.state)!.entryLinkId ?? '');
        const { customerId } = people.get(event.externalId)!;
        const touch: NewTouch = {
          id: touchIdOf(channelId, `${event.employee}|${event.externalId}|${event.state}`), entryLinkId: link?.id ?? null, messageId: null, visitorId: `contact:${event.externalId}`,
          customerId, source: link?.source ?? SOURCE, at: new Date(event.at),
        };
        if (!(await this.repository.insertTouch(touch))) continue;
        await this.known.note(customerId, touch);
        await this.events.emit('customer.visited', { customerId, messageId: null, touchId: touch.id, at: event.at });
      }
    });
  }
}
