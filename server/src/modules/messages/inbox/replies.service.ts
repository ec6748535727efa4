// A person of the shop answers in the open window: reserved in the ledger, sent once, settled. What dies in between is unknown and is
// never sent again by itself.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { currentContext } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid, notFound } from '../../../core/errors/app-error.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { ChannelSender, type SendResult } from '../../channels/index.js';
import { Ledger } from '../../consents/index.js';
import { WINDOW_TEXT_LIMIT } from '../content.js';
import { MOST_ATTEMPTS, settlementOf, type Settlement } from '../settle.js';
import { WaveRepository } from '../wave.repository.js';
import { ConversationsRepository, type ConversationRow, type ThreadRow } from './conversations.repository.js';
import { RepliesRepository, type KnownReply } from './replies.repository.js';
import { replyWindow, windowToSpend } from './reply-window.js';

export interface ReplyInput {
  id: string;
  text: string;
  clientKey: string;
}

interface Reserved {
  conversation: ConversationRow;
  messageId: string;
  scope: string;
}

const KEY = /^[A-Za-z0-9_-]{8,64}$/u;
const LEASE_MS = 45_000; // longer than a send with its timeout and a new token may take

@Injectable()
export class RepliesService {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly conversations: ConversationsRepository,
    private readonly replies: RepliesRepository,
    private readonly waves: WaveRepository,
    private readonly ledger: Ledger,
    private readonly sender: ChannelSender,
  ) {}

  /** Sends one text, once for each client key. @throws not_found, INVALID */
  async send({ id, text, clientKey }: ReplyInput): Promise<ThreadRow | Refusal> {
    mustBeSendable(text, clientKey);
    const sourceKey = `reply:${clientKey}`;
    const reserved = await this.db.write(() => this.reserve(id, text.trim(), sourceKey));
    if ('reserved' in reserved) {
      const { conversation, messageId } = reserved.reserved;
      const result = await this.sender.send(conversation.channelId, {
        kind: 'window', to: conversation.externalId, content: { type: 'text', text: text.trim() }, clientId: messageId.replaceAll('-', ''),
        ...(conversation.accountId === '' ? {} : { accountId: conversation.accountId }),
      });
      await this.db.write(() => this.settle(reserved.reserved, result));
    } else if ('refused' in reserved) return reserved.refused;
    const reply = await this.db.read(() => this.replies.known(id, sourceKey));
    if (!reply) throw notFound('conversation', id);
    return outcomeOf(reply);
  }

  /** Takes a send from the window and from the account's pace, or says why there is none. */
  private async reserve(id: string, text: string, sourceKey: string): Promise<{ reserved: Reserved } | { refused: Refusal } | { known: true }> {
    if (!(await this.replies.hold(id))) throw notFound('conversation', id);
    if (await this.replies.known(id, sourceKey)) return { known: true };
    const conversation = await this.conversations.find(id);
    if (!conversation) throw notFound('conversation', id);
    const now = this.clock.now();
    const permits = await this.replies.windows(conversation.identityId);
    const window = replyWindow(permits, now, !conversation.isRevoked);
    if (window.state === 'unreachable') return { refused: refusal('unknown_person') };
    if (conversation.channelStatus !== 'live') return { refused: refusal('channel_not_live', { status: conversation.channelStatus }) };
    const permit = windowToSpend(permits, now);
    if (!permit) return { refused: refusal(window.state === 'used_up' ? 'window_used_up' : 'window_closed') };
    const { granted, why, retryAfterMs } = await this.sender.takeRate(conversation.channelId, 1);
    if (granted === 0) return { refused: refusal(why === 'day' ? 'day_quota' : 'channel_busy', { retryAfterMs }) };
    const messageId = newId();
    const { actor } = currentContext();
    await this.replies.write({
      id: newId(), messageId, conversation, scope: permit.scope, text, sourceKey, author: { id: actor.id ?? null, name: actor.name ?? null },
      now, leaseUntil: new Date(now.getTime() + LEASE_MS),
    });
    return { reserved: { conversation, messageId, scope: permit.scope } };
  }

  private async settle({ conversation, messageId, scope }: Reserved, result: SendResult): Promise<void> {
    const now = this.clock.now();
    const settlement = endOf(result, now);
    const isReleased = settlement.effect === 'release';
    const ours = await this.waves.settle([{
      id: messageId, state: settlement.state, reason: settlement.reason, platformId: settlement.platformId ?? null, code: settlement.code ?? null, dueAt: null, isFreeTry: false, isReleased,
    }], now, now.toISOString().slice(0, 10));
    if (!ours.has(messageId) || settlement.effect !== 'refuse') return;
    await this.ledger.refuse([{
      identityId: conversation.identityId, kind: 'service_window', scope, reason: settlement.correction ?? 'drift', at: now, freed: 1,
      sourceKey: `refused:${messageId}:1`, evidence: { messageId, answer: settlement.reason, code: settlement.code ?? null },
    }]);
  }
}

/** A person waits for the answer, so nothing is put off: what could be tried again later has failed now, and gives its permit back. */
function endOf(result: SendResult, now: Date): Settlement {
  const settlement = settlementOf(result, { attempts: MOST_ATTEMPTS, now, latestUsefulAt: undefined });
  return settlement.state === 'planned' ? { ...settlement, state: 'failed', effect: 'release' } : settlement;
}

function mustBeSendable(text: string, clientKey: string): void {
  const length = Array.from(text.trim()).length;
  if (length === 0) throw invalid('text', 'required', 'Write something to send.');
  if (length > WINDOW_TEXT_LIMIT) throw invalid('text', 'too_long', `text has at most ${WINDOW_TEXT_LIMIT} characters.`, { max: WINDOW_TEXT_LIMIT });
  if (!text.isWellFormed() || text.includes('\0')) throw invalid('text', 'bad_format', 'text holds a broken character.');
  if (!KEY.test(clientKey)) throw invalid('clientKey', 'bad_format', 'clientKey must be 8 to 64 letters, digits, "-" or "_"; make a new one for each text.');
}

const CODES: Readonly<Record<string, string>> = { platform_busy: 'channel_busy', account: 'channel_not_live', token_invalid: 'platform_down', template_rejected: 'content_rejected', unsupported: 'channel_not_live' };

/** A reply that was not sent is a refusal, whichever try asks. */
function outcomeOf({ code, ...reply }: KnownReply): ThreadRow | Refusal {
  if (reply.state === 'refused' || reply.state === 'failed') {
    const reason = reply.reason ?? 'platform_down';
    return refusal(CODES[reason] ?? reason, code === null ? undefined : { platformCode: code });
  }
  return { ...reply, by: 'staff', kind: 'text', rung: null };
}
