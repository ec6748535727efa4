// Tags both ways between an official account and us. Each way only adds: what somebody took off on one side may be meant there alone.
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { AppError, notFound } from '../../../core/errors/app-error.js';
import { isRefusal, type Refusal } from '../../../core/graphql/refusal.js';
import { defineJob } from '../../../core/jobs/define.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { OfficialTags, TAGGING_BATCH } from '../../channels/index.js';
import { TagsService } from '../tags/tags.service.js';
import { AccountTagsRepository, type AccountTagRow } from './account-tags.repository.js';

export const pushAccountTag = defineJob({
  name: 'customers.push_account_tag',
  queue: 'inbound',
  schema: z.object({ channelId: z.uuid(), tagId: z.uuid() }),
  attempts: 8,
});

/** Then the next job goes on: a tag of a hundred thousand must not keep one worker for an hour. */
const BATCHES_PER_JOB = 40;

@Injectable()
export class AccountTagsService {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly jobs: Jobs,
    private readonly repository: AccountTagsRepository,
    private readonly platform: OfficialTags,
    private readonly tags: TagsService,
  ) {}

  /** @throws NOT_FOUND; INVALID for an account that keeps no tags */
  async list(channelId: string): Promise<AccountTagRow[]> {
    await this.platform.check(channelId);
    return this.db.read(() => this.repository.list(channelId));
  }

  /** @throws NOT_FOUND, INVALID; INVALID too_many when we have no room for so many tags */
  async pull(channelId: string): Promise<AccountTagRow[] | Refusal> {
    const theirs = await this.platform.list(channelId);
    if (isRefusal(theirs)) return theirs;
    await this.db.write(async () => {
      await this.repository.replace(channelId, theirs);
      for (const tag of await this.repository.list(channelId)) {
        if (tag.tagId !== null) continue;
        const name = Array.from(tag.name).slice(0, 30).join('');
        await this.repository.map(channelId, tag.externalId, (await this.repository.tagIdByName(name)) ?? (await this.tags.create(name)).id);
      }
      await this.repository.adopt(channelId);
    });
    return this.list(channelId);
  }

  /** @throws NOT_FOUND for account or tag */
  async push(channelId: string, tagId: string): Promise<AccountTagRow[] | Refusal> {
    const name = await this.db.read(() => this.repository.tagName(tagId));
    if (name === undefined) throw notFound('tag', tagId);
    await this.platform.check(channelId);
    const refused = await this.ensure(channelId, tagId, name);
    if (refused !== undefined) return refused;
    await this.db.write(() => this.jobs.enqueue(pushAccountTag, { channelId, tagId }, { key: `${channelId}/${tagId}` }));
    return this.list(channelId);
  }

  /** A stretch of the followers who lack the tag at the platform; then it puts itself in line again. */
  async pushSome(channelId: string, tagId: string): Promise<void> {
    const tag = await this.db.read(() => this.repository.find(channelId, tagId));
    if (tag === undefined) return;
    for (let batch = 0; batch < BATCHES_PER_JOB; batch += 1) {
      const openids = await this.db.read(() => this.repository.lacking(channelId, { tagId, externalId: tag.externalId }, TAGGING_BATCH));
      if (openids.length === 0) return;
      const refused = await this.platform.put(channelId, tag.externalId, openids);
      if (refused !== undefined) throw new AppError('upstream', 'The platform did not take the tags.', refused.details);
      await this.db.write(() => this.repository.notePut(channelId, tag.externalId, openids));
    }
    await this.db.write(() => this.jobs.enqueue(pushAccountTag, { channelId, tagId }));
  }

  /** Followers whom a reading of the list just named. */
  adopt(channelId: string, openids: readonly string[]): Promise<number> {
    return this.db.write(() => this.repository.adopt(channelId, openids));
  }

  private async ensure(channelId: string, tagId: string, name: string): Promise<Refusal | undefined> {
    if (await this.db.read(() => this.repository.find(channelId, tagId))) return undefined;
    const theirs = await this.platform.list(channelId);
    if (isRefusal(theirs)) return theirs;
    const made = theirs.find((tag) => tag.name === name) ?? (await this.platform.create(channelId, name));
    if (isRefusal(made)) return made;
    await this.db.write(async () => {
      await this.repository.replace(channelId, [...theirs.filter((tag) => tag.id !== made.id), made]);
      await this.repository.map(channelId, made.id, tagId);
    });
    return undefined;
  }
}
