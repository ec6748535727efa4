// Every domain event: a fact in the past tense and the shape of its payload. Payloads carry ids, never rows.
import { z } from 'zod';

const ids = z.array(z.string()).min(1);

export const eventSchemas = {
  /** Platform pushes were stored and parsed; listeners load the normalised events by inbound id. */
  'channel.received': z.object({ channelId: z.string(), inboundIds: ids }),
  /** A page of an account's follower list was read; listeners load it by channel and page. */
  'channel.followers_seen': z.object({ channelId: z.string(), syncId: z.string(), page: z.number() }),
  /** Contacts of a WeCom account were read or told of; `ids` are rows of ours, which listeners load. */
  'channel.contacts_seen': z.object({ channelId: z.string(), ids }),
  'channel.connected': z.object({ channelId: z.string() }),
  /** Touches became known people. */
  'customer.identified': z.object({ customerIds: ids }),
  /** People turned out to be one: these are who they are now. */
  'customer.merged': z.object({ customerIds: ids }),
  'customer.visited': z.object({ customerId: z.string(), messageId: z.string().nullish(), touchId: z.string().nullish(), at: z.string() }),
  'coupon.claimed': z.object({ couponIds: ids }),
  'coupon.redeemed': z.object({ couponId: z.string(), customerId: z.string(), redemptionId: z.string() }),
  'coupon.redemption_undone': z.object({ couponId: z.string(), redemptionId: z.string() }),
  'coupon.expired': z.object({ couponIds: ids }),
  'offer.published': z.object({ offerId: z.string() }),
  'campaign.launched': z.object({ campaignId: z.string() }),
  'campaign.finished': z.object({ campaignId: z.string() }),
  /** The platform refuses our content, not one customer: whoever sent the dispatch should stop it. */
  'message.content_rejected': z.object({ dispatchId: z.string(), contentIndex: z.number().nullish(), problem: z.string().nullish(), field: z.string().nullish(), platformCode: z.number() }),
  /** A dispatch has nothing left to do for now. */
  'message.dispatch_drained': z.object({ dispatchId: z.string() }),
} as const;

export type EventName = keyof typeof eventSchemas;
export type EventPayload<N extends EventName> = z.infer<(typeof eventSchemas)[N]>;
