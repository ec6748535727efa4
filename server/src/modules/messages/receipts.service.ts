// What platforms and people tell us of messages afterwards.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { InboundEvents, type ChannelEvent } from '../channels/index.js';
import { TimelineService } from '../customers/index.js';
import { BatchLooks } from './batches/batch-looks.service.js';
import { MessagesRepository, type Receipt } from './messages.repository.js';

@Injectable()
export class ReceiptsService {
  constructor(
    private readonly db: TenantDb,
    private readonly inbound: InboundEvents,
    private readonly repository: MessagesRepository,
    private readonly timeline: TimelineService,
    private readonly batches: BatchLooks,
  ) {}

  /** The platform's own word on messages: it settles those of which we did not know whether they arrived. */
  async receive(channelId: string, inboundIds: readonly string[]): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    const receipts = events.flatMap((event): Receipt[] => receiptOf(event));
    if (receipts.length > 0) await this.db.write(async () => {
      const known = await this.repository.receiveById(channelId, receipts);
      const others = receipts.filter((receipt) => !known.has(receipt.platformId));
      if (others.length > 0) await this.repository.receiveByPerson(channelId, others);
    });
    for (const event of events) if (event.type === 'post.finished') await this.batches.finishPost(channelId, event);
  }

  /** A visit that came from a message. */
  async tapped(messageId: string, customerId: string, at: Date): Promise<void> {
    await this.db.write(async () => {
      const tapped = await this.repository.tap(messageId, customerId, at);
      if (!tapped) return;
      await this.timeline.record([{ customerId, type: 'message.tapped', occurredAt: at, sourceKey: `message.tapped:${messageId}`, subjectId: messageId, detail: { dispatchId: tapped.dispatchId } }]);
    });
  }
}

function receiptOf(event: ChannelEvent): Receipt[] {
  const { externalId } = event;
  if (event.type === 'subscription.sent') return [{ externalId, templateExternalId: event.templateExternalId, platformId: event.platformId, receipt: event.status, at: new Date(event.at) }];
  if (event.type !== 'template.sent') return [];
  // It names no template.
  return [{ externalId, templateExternalId: null, platformId: event.platformId, receipt: event.status === 'delivered' ? 'delivered' : 'failed', at: new Date(event.at) }];
}
