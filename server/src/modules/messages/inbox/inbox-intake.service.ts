// What customers write at the channels, entered into conversations.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { ChannelsService, InboundEvents, type ChannelEvent } from '../../channels/index.js';
import { IdentityService, identityKindOf } from '../../customers/index.js';
import { ConversationsRepository, type Received } from './conversations.repository.js';
import { RepliesRepository } from './replies.repository.js';
import { Welcomes } from './welcomes.service.js';

type Said = Extract<ChannelEvent, { type: 'customer.wrote' | 'customer.entered' }>;

const MOST_TEXT = 4_000; // longer than any platform lets a person write; a push of a megabyte is no conversation

@Injectable()
export class InboxIntake {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly inbound: InboundEvents,
    private readonly channels: ChannelsService,
    private readonly identities: IdentityService,
    private readonly repository: ConversationsRepository,
    private readonly replies: RepliesRepository,
    private readonly welcomes: Welcomes,
  ) {}

  /** Enters the messages of stored callbacks. May run twice: each has its own key. */
  async receive(channelId: string, inboundIds: readonly string[]): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    await this.fail(channelId, events);
    const said = events.filter((event) => event.type === 'customer.wrote' || event.type === 'customer.entered');
    if (said.length === 0) return;
    const { platform } = await this.channels.get(channelId);
    await this.db.write(async () => {
      const people = await this.identities.resolveMany(channelId, identityKindOf(platform), said.map((event) => event.externalId));
      await this.repository.receive(said.flatMap((event): Received[] => {
        const person = people.get(event.externalId);
        return person ? [{ ...received(event), channelId, identityId: person.identityId, conversationId: newId(), messageId: newId() }] : [];
      }));
    });
    for (const event of said) if (event.type === 'customer.entered' && event.welcomeCode !== undefined) await this.welcomes.greet(channelId, event);
  }

  /** What the platform took and could not deliver. */
  private async fail(channelId: string, events: readonly ChannelEvent[]): Promise<void> {
    const failures = events.flatMap((event) => (event.type === 'window.failed' ? [{ platformId: event.platformId, reason: REASONS[event.reason] ?? event.reason, at: new Date(event.at) }] : []));
    if (failures.length > 0) await this.db.write(() => this.replies.fail(channelId, failures));
  }
}

const REASONS: Readonly<Record<string, string>> = { unknown: 'refused', content: 'content_rejected', template: 'content_rejected' };

function received(event: Said): Pick<Received, 'accountId' | 'kind' | 'text' | 'at' | 'sourceKey'> {
  const base = { accountId: event.accountId ?? '', at: new Date(event.at), sourceKey: `in:${event.dedupKey}` };
  if (event.type === 'customer.entered') return { ...base, kind: 'entered', text: '' };
  // By whole characters, and nothing that a text column refuses.
  return { ...base, kind: event.kind, text: Array.from(event.text.slice(0, MOST_TEXT)).join('').toWellFormed().replaceAll('\0', '') };
}
