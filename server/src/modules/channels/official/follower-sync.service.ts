// Reads an account's follower list page by page. Each page is a job of its own, so a crash costs one page at most.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { AppError } from '../../../core/errors/app-error.js';
import { Events } from '../../../core/events/events.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import type { PlatformFailure, PlatformResult } from '../adapter.js';
import { INFO_BATCH, type FollowerPage } from '../adapters/wechat-official-account/followers.client.js';
import { officialOf, type OfficialAccount } from '../adapters/wechat-official-account/official.adapter.js';
import { untilPlatformMidnight } from '../adapters/wechat/wechat.errors.js';
import type { OpenChannel } from '../channel-access.service.js';
import { PlatformCalls } from '../platform-calls.service.js';
import { learnFollowers, readFollowers } from './followers.job.js';
import { FollowersRepository, type FollowerFact, type FollowerSyncRow, type SeenFollower, type Sight } from './followers.repository.js';

type Account = { channel: OpenChannel; account: OfficialAccount };

// Four questions at once keep a page of 10,000 short without taking a busy account's pace.
const AT_ONCE = 4;
const TRY_AGAIN_MS = 60_000;

@Injectable()
export class FollowerSync {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: FollowersRepository,
    private readonly calls: PlatformCalls,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly clock: Clock,
  ) {}

  /** Refused: sync_running. @throws NOT_FOUND, INVALID for an account that has no followers. */
  async start(channelId: string, reason: 'asked' | 'monthly'): Promise<FollowerSyncRow | Refusal> {
    await this.calls.open(channelId, officialOf);
    return this.db.write(async () => {
      const sync = await this.repository.begin(newId(), channelId, reason);
      if (sync === undefined) return refusal('sync_running', { channelId });
      await this.jobs.enqueue(readFollowers, { syncId: sync.id });
      return sync;
    });
  }

  async stop(channelId: string): Promise<void> {
    await this.calls.open(channelId, officialOf);
    await this.db.write(() => this.repository.stop(channelId));
  }

  async latest(channelId: string): Promise<FollowerSyncRow | undefined> {
    await this.calls.open(channelId, officialOf);
    return this.db.read(() => this.repository.latest(channelId));
  }

  async count(channelId: string): Promise<number> {
    await this.calls.open(channelId, officialOf);
    return this.db.read(() => this.repository.count(channelId));
  }

  /** For listeners of `channel.followers_seen`. Joins an open transaction. */
  seen(sight: Sight): Promise<SeenFollower[]> {
    return this.db.read(() => this.repository.page(sight));
  }

  /** One page. Running twice for the same page is harmless: the second finds the cursor moved. */
  async readPage(syncId: string): Promise<void> {
    const sync = await this.db.read(() => this.repository.sync(syncId));
    if (sync?.state !== 'running') return;
    const open = await this.calls.open(sync.channelId, officialOf);
    const readAt = this.clock.now();
    const page = await this.calls.ask(open.channel, (token) => open.account.followers.page(sync.cursor, token));
    if (!page.ok) return this.hold(sync, page);
    if (page.value.openids.length === 0) return this.end(sync);
    const details = await this.facts(open, page.value.openids);
    // An account without the right to details still may see who follows.
    const isListOnly = !details.ok && details.problem === 'no_permission';
    const facts = isListOnly ? { ok: true as const, value: page.value.openids.map((openid) => ({ openid, isFollowing: true })) } : details;
    return facts.ok ? this.keep(sync, page.value, { facts: facts.value, readAt }) : this.hold(sync, facts);
  }

  /** People who just followed: what the platform tells of them beside the openid. */
  async learn(channelId: string, openids: readonly string[]): Promise<void> {
    const open = await this.calls.open(channelId, officialOf);
    const readAt = this.clock.now();
    const facts = await this.facts(open, openids);
    if (!facts.ok) {
      if (facts.kind === 'throttled' || facts.kind === 'upstream') throw new AppError(facts.kind, 'The platform does not tell just now who followed.', { problem: facts.problem });
      return; // no right to ask: the follow itself is stored
    }
    const sight = { channelId, syncId: newId(), page: 0 };
    await this.db.write(async () => {
      await this.repository.store(sight, facts.value, readAt);
      await this.events.emit('channel.followers_seen', sight);
    });
  }

  /** Told by callback. Joins the caller's write. */
  async told(channelId: string, facts: readonly { openid: string; isFollowing: boolean; at: string; scene: string }[]): Promise<void> {
    await this.repository.told(channelId, facts);
    const newcomers = facts.filter((fact) => fact.isFollowing).map((fact) => fact.openid);
    for (let at = 0; at < newcomers.length; at += INFO_BATCH) await this.jobs.enqueue(learnFollowers, { channelId, openids: newcomers.slice(at, at + INFO_BATCH) });
  }

  private async facts({ channel, account }: Account, openids: readonly string[]): Promise<PlatformResult<FollowerFact[]>> {
    const batches: string[][] = [];
    for (let at = 0; at < openids.length; at += INFO_BATCH) batches.push(openids.slice(at, at + INFO_BATCH));
    const facts: FollowerFact[] = [];
    for (let at = 0; at < batches.length; at += AT_ONCE) {
      const answers = await Promise.all(batches.slice(at, at + AT_ONCE).map((batch) => this.calls.ask(channel, (token) => account.followers.infos(batch, token))));
      for (const answer of answers) {
        if (!answer.ok) return answer;
        facts.push(...answer.value);
      }
    }
    return { ok: true, value: facts };
  }

  private async keep(sync: FollowerSyncRow, page: FollowerPage, { facts, readAt }: { facts: readonly FollowerFact[]; readAt: Date }): Promise<void> {
    await this.db.write(async () => {
      const sight = { channelId: sync.channelId, syncId: sync.id, page: sync.page };
      const found = await this.repository.store(sight, facts, readAt);
      if (!(await this.repository.advance(sync, { next: page.next, total: page.total, seen: facts.length, found }))) return;
      await this.events.emit('channel.followers_seen', sight);
      if (page.next !== '') await this.jobs.enqueue(readFollowers, { syncId: sync.id });
      else await this.finish({ ...sync, page: sync.page + 1 });
    });
  }

  private end(sync: FollowerSyncRow): Promise<void> {
    return this.db.write(() => this.finish(sync));
  }

  private async finish(sync: FollowerSyncRow): Promise<void> {
    const lost = await this.repository.markLost(sync, sync.page);
    const isNews = await this.repository.finish(sync.id, { state: 'done', lost });
    if (isNews && lost > 0) await this.events.emit('channel.followers_seen', { channelId: sync.channelId, syncId: sync.id, page: sync.page });
  }

  /** The platform's no ends it; want of quota or an answer makes it wait where it is. */
  private hold(sync: FollowerSyncRow, failure: PlatformFailure): Promise<void> {
    return this.db.write(async () => {
      if (failure.kind !== 'throttled' && failure.kind !== 'upstream') {
        await this.repository.finish(sync.id, { state: 'failed', problem: failure.problem });
        return;
      }
      await this.repository.note(sync.id, failure.problem);
      const now = this.clock.now();
      const waitMs = failure.problem === 'day_quota' ? untilPlatformMidnight(now) : TRY_AGAIN_MS;
      await this.jobs.enqueue(readFollowers, { syncId: sync.id }, { runAt: new Date(now.getTime() + waitMs) });
    });
  }
}
