// Posts to many followers at once, each kept with what became of it. A key posts once, here and at the platform.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { AppError, notFound } from '../../../core/errors/app-error.js';
import type { Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import type { ChannelEvent, PlatformFailure, PostContent, PostSend, SendResult } from '../adapter.js';
import { officialOf, type OfficialAccount } from '../adapters/wechat-official-account/official.adapter.js';
import type { OpenChannel } from '../channel-access.service.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';
import { ChannelTokens } from '../tokens/channel-tokens.service.js';
import { PostsRepository, type MassPostRow, type MassPostState } from './posts.repository.js';

// The platform knows a key for a day; after that the same key would post again.
const KEY_LIVES_MS = 23 * 3_600_000;

@Injectable()
export class MassPosts {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly repository: PostsRepository,
    private readonly calls: PlatformCalls,
    private readonly tokens: ChannelTokens,
    private readonly clock: Clock,
  ) {}

  /** @throws NOT_FOUND; INVALID for an account that cannot post */
  async check(channelId: string): Promise<void> {
    await this.calls.open(channelId, officialOf);
  }

  async list(channelId: string): Promise<MassPostRow[]> {
    await this.calls.open(channelId, officialOf);
    return this.db.read(() => this.repository.list(channelId));
  }

  /**
   * Posts, and keeps the outcome. A key that was taken before is not sent again; one whose answer was lost is, because the
   * platform posts a key once a day. @throws NOT_FOUND, INVALID; bug inside a write.
   */
  async send(channelId: string, post: PostSend): Promise<{ row: MassPostRow; result: SendResult }> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    const reach = 'people' in post.to ? { people: post.to.people.length } : post.to;
    const row = await this.db.write(() => this.repository.begin({ id: newId(), channelId, clientMsgId: post.clientMsgId, reach, content: post.content }));
    if (!this.mayTry(row)) return { row, result: resultOf(row) };
    const result = await this.deliver(channel, account, post);
    await this.db.write(() => this.repository.settle(row.id, settled(result)));
    return { row: await this.get(row.id), result };
  }

  /** @throws NOT_FOUND */
  async get(id: string): Promise<MassPostRow> {
    const row = await this.db.read(() => this.repository.find(id));
    if (row === undefined) throw notFound('mass_post', id);
    return row;
  }

  async preview(channelId: string, openid: string, content: PostContent): Promise<Refusal | undefined> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    return refusalOf(await this.calls.ask(channel, (token) => account.posts.preview(openid, content, token)));
  }

  /** @throws NOT_FOUND; conflict for a post that the platform never took */
  async delete(id: string): Promise<Refusal | undefined> {
    const row = await this.get(id);
    const { platformId } = row;
    if (platformId === null) throw new AppError('conflict', 'The platform never took this post, so there is nothing to delete.', { kind: 'mass_post' });
    const { channel, account } = await this.calls.open(row.channelId, officialOf);
    const refused = refusalOf(await this.calls.ask(channel, (token) => account.posts.delete(platformId, token)));
    if (refused === undefined) await this.db.write(() => this.repository.markDeleted(id));
    return refused;
  }

  /** Ends told by callback. Joins the caller's write. @throws busy when the end outran the answer that names the post */
  async ended(channelId: string, events: readonly (ChannelEvent & { type: 'post.finished' })[]): Promise<void> {
    for (const { platformId, status, total, filtered, sent, failed } of events) {
      const state = status === 'send success' ? 'sent' : 'failed';
      const isOurs = await this.repository.end(channelId, { platformId, state, detail: status, total, filtered, sent, failed });
      if (!isOurs && (await this.repository.isSending(channelId))) throw new AppError('busy', 'The end of a post came before its beginning was recorded.', { platformId });
    }
  }

  /** Asks about posts whose end was never told; how many it learnt of. */
  async reconcile(): Promise<number> {
    await this.db.write(() => this.repository.giveUpSending());
    let learnt = 0;
    for (const { channelId, platformId } of await this.db.read(() => this.repository.overdue())) {
      if (platformId === null) continue;
      const { channel, account } = await this.calls.open(channelId, officialOf);
      const state = await this.calls.ask(channel, (token) => account.posts.state(platformId, token));
      if (!state.ok || state.value === 'sending' || state.value === 'unknown') continue;
      const ended = state.value;
      if (await this.db.write(() => this.repository.end(channelId, { platformId, state: ended, detail: ended }))) learnt += 1;
    }
    return learnt;
  }

  private mayTry(row: MassPostRow): boolean {
    const age = this.clock.now().getTime() - row.createdAt.getTime();
    return (row.state === 'sending' || row.state === 'unknown') && age < KEY_LIVES_MS;
  }

  private async deliver(channel: OpenChannel, account: OfficialAccount, post: PostSend): Promise<SendResult> {
    const held = await this.tokens.take(channel);
    if (!held.ok) return notSent(held);
    const first = await account.postToMany(post, held.value.token);
    if (first.outcome !== 'token_expired') return first;
    const other = await this.tokens.replace(channel, held.value);
    return other.ok ? account.postToMany(post, other.value.token) : notSent(other);
  }
}

const refusalOf = (result: { ok: true } | PlatformFailure): Refusal | undefined => (result.ok ? undefined : refusedBy(result));

const notSent = ({ kind, problem, code, detail }: PlatformFailure): SendResult =>
  kind === 'forbidden' || kind === 'invalid' ? { outcome: 'refused', reason: 'account', problem, code, detail } : { outcome: 'upstream', mayHaveBeenSent: false, problem, code, detail };

function settled(result: SendResult): { state: MassPostState; platformId?: string | undefined; problem?: string | undefined; detail?: string | undefined } {
  if (result.outcome === 'accepted') return { state: 'accepted', platformId: result.platformId };
  if (result.outcome === 'unsupported') return { state: 'failed' };
  const { problem, detail } = result;
  // It may have gone out: the same key may be tried again, another one may not.
  return result.outcome === 'upstream' && result.mayHaveBeenSent ? { state: 'unknown', problem, detail } : { state: 'failed', problem, detail };
}

/** What a key's first try came to, for whoever tries it again. */
function resultOf({ state, platformId, problem, detail }: MassPostRow): SendResult {
  if (state === 'failed') return { outcome: 'refused', reason: 'content', problem: problem ?? 'unknown', code: 0, detail: detail ?? '' };
  if (state === 'unknown' || state === 'sending') return { outcome: 'upstream', mayHaveBeenSent: true, problem: problem ?? 'platform_silent', code: 0, detail: '' };
  return { outcome: 'accepted', ...(platformId === null ? {} : { platformId }) };
}
