// Tags both ways between a corp and us. Each way only adds: what somebody took off on one side may be meant there alone.
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { notFound } from '../../../core/errors/app-error.js';
import { isRefusal, type Refusal } from '../../../core/graphql/refusal.js';
import { defineJob } from '../../../core/jobs/define.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { ContactDesk, CorpTagsDesk } from '../../channels/index.js';
import { TagsService } from '../tags/tags.service.js';
import { CorpTagsRepository, type CorpTagRow } from './corp-tags.repository.js';

export const pushCorpTag = defineJob({
  name: 'customers.push_corp_tag', queue: 'inbound', schema: z.object({ channelId: z.uuid(), tagId: z.uuid(), after: z.uuid().optional() }), attempts: 8,
});
export const pullCorpTags = defineJob({ name: 'customers.pull_corp_tags', queue: 'inbound', schema: z.object({ channelId: z.uuid() }), attempts: 8 });

/** One call per pair: then the next job goes on. */
const PAIRS_PER_JOB = 200;
const MAX_NAME = 30;
const cut = (name: string): string => Array.from(name).slice(0, MAX_NAME).join('');

@Injectable()
export class CorpTagsService {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly jobs: Jobs,
    private readonly repository: CorpTagsRepository,
    private readonly platform: CorpTagsDesk,
    private readonly desk: ContactDesk,
    private readonly tags: TagsService,
  ) {}

  /** @throws NOT_FOUND; INVALID for an account of another kind */
  async list(channelId: string): Promise<CorpTagRow[]> {
    await this.platform.check(channelId);
    return this.db.read(() => this.repository.list(channelId));
  }

  /** @throws NOT_FOUND, INVALID; INVALID too_many when we have no room for so many tags */
  async pull(channelId: string): Promise<CorpTagRow[] | Refusal> {
    const theirs = await this.platform.list(channelId);
    if (isRefusal(theirs)) return theirs;
    await this.db.write(async () => {
      await this.repository.replace(channelId, theirs);
      for (const tag of await this.repository.list(channelId)) if (tag.tagId === null) await this.meaning(channelId, tag);
      await this.repository.adopt(channelId);
    });
    return this.list(channelId);
  }

  /** @throws NOT_FOUND for account or tag */
  async push(channelId: string, tagId: string): Promise<CorpTagRow[] | Refusal> {
    const name = await this.db.read(() => this.repository.tagName(tagId));
    if (name === undefined) throw notFound('tag', tagId);
    await this.platform.check(channelId);
    const refused = await this.ensure(channelId, tagId, name);
    if (refused !== undefined) return refused;
    await this.db.write(() => this.jobs.enqueue(pushCorpTag, { channelId, tagId }, { key: `${channelId}/${tagId}` }));
    return this.list(channelId);
  }

  /** A stretch of the pairs that lack the tag; then it puts itself in line again behind the last of them. */
  async pushSome(channelId: string, tagId: string, after: string | undefined): Promise<void> {
    const tag = await this.db.read(() => this.repository.find(channelId, tagId));
    if (tag === undefined) return;
    const pairs = await this.db.read(() => this.repository.lacking(channelId, { tagId, externalId: tag.externalId }, after, PAIRS_PER_JOB));
    for (const pair of pairs) await this.desk.tag(channelId, pair, [tag.externalId]);
    const last = pairs.at(-1)?.id;
    if (last !== undefined && pairs.length === PAIRS_PER_JOB) await this.db.write(() => this.jobs.enqueue(pushCorpTag, { channelId, tagId, after: last }));
  }

  /** A corp's console changed its tags: read them anew. Joins the caller's write. */
  async changed(channelId: string): Promise<void> {
    await this.jobs.enqueue(pullCorpTags, { channelId }, { key: `corp-tags/${channelId}` });
  }

  adopt(channelId: string, externalIds: readonly string[]): Promise<number> {
    return this.db.write(() => this.repository.adopt(channelId, externalIds));
  }

  /** Those whom no employee has any more. */
  gone(channelId: string, externalIds: readonly string[]): Promise<string[]> {
    return this.db.read(() => this.repository.gone(channelId, externalIds));
  }

  /** The same name may stand in two groups; the second is told apart by its group's. */
  private async meaning(channelId: string, tag: CorpTagRow): Promise<void> {
    for (const name of [cut(tag.name), cut(`${tag.group}·${tag.name}`)]) {
      const tagId = (await this.repository.tagIdByName(name)) ?? (await this.tags.create(name)).id;
      if (await this.repository.map(channelId, tag.externalId, tagId)) return;
    }
  }

  private async ensure(channelId: string, tagId: string, name: string): Promise<Refusal | undefined> {
    if (await this.db.read(() => this.repository.find(channelId, tagId))) return undefined;
    const made = await this.platform.create(channelId, name);
    if (isRefusal(made)) return made;
    const [tag] = made;
    if (tag === undefined) {
      // It stands there already, made by this app or not: reading the list finds it by its name.
      const pulled = await this.pull(channelId);
      return isRefusal(pulled) ? pulled : undefined;
    }
    await this.db.write(async () => {
      await this.repository.add(channelId, [tag]);
      await this.repository.map(channelId, tag.id, tagId);
    });
    return undefined;
  }
}
