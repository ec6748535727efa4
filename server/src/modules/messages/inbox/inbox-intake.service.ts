// What customers write at the channels, entered into conversations.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { newId } from '../../../core/ids.js';
import { ChannelsService, InboundEvents, type ChannelEvent } from '../../channels/index.js';
import { IdentityService } from '../../customers/index.js';
import { ConversationsRepository, type Received } from './conversations.repository.js';

type Said = Extract<ChannelEvent, { type: 'customer.wrote' | 'customer.entered' }>;

const MOST_TEXT = 4_000; // longer than any platform lets a person write; a push of a megabyte is no conversation

@Injectable()
export class InboxIntake {
  constructor(
    private readonly db: TenantDb,
    private readonly inbound: InboundEvents,
    private readonly channels: ChannelsService,
    private readonly identities: IdentityService,
    private readonly repository: ConversationsRepository,
  ) {}

  /** Enters the messages of stored callbacks. May run twice: each has its own key. */
  async receive(channelId: string, inboundIds: readonly string[]): Promise<void> {
    const said = (await this.inbound.load(channelId, inboundIds)).filter((event) => event.type === 'customer.wrote' || event.type === 'customer.entered');
    if (said.length === 0) return;
    const { platform } = await this.channels.get(channelId);
    await this.db.write(async () => {
      const people = await this.identities.resolveMany(channelId, identityKindOf(platform), said.map((event) => event.externalId));
      await this.repository.receive(said.flatMap((event): Received[] => {
        const person = people.get(event.externalId);
        return person ? [{ ...received(event), channelId, identityId: person.identityId, conversationId: newId(), messageId: newId() }] : [];
      }));
    });
  }
}

const identityKindOf = (platform: string): string => (platform === 'wecom' || platform === 'wechat_kf' ? 'external_userid' : 'openid');

function received(event: Said): Pick<Received, 'accountId' | 'kind' | 'text' | 'at' | 'sourceKey'> {
  const base = { accountId: event.accountId ?? '', at: new Date(event.at), sourceKey: `in:${event.dedupKey}` };
  if (event.type === 'customer.entered') return { ...base, kind: 'entered', text: '' };
  // By whole characters, and nothing that a text column refuses.
  return { ...base, kind: event.kind, text: Array.from(event.text.slice(0, MOST_TEXT)).join('').toWellFormed().replaceAll('\0', '') };
}
