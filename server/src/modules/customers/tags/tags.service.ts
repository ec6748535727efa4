// Tags: the merchant's own words for groups of customers.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { conflict, invalid, notFound } from '../../../core/errors/app-error.js';
import { newId } from '../../../core/ids.js';
import { tagProblem } from '../customer.js';
import { TagsRepository, type TagRow } from './tags.repository.js';

const MAX_TAGS = 500;
const MAX_AT_ONCE = 1_000;

@Injectable()
export class TagsService {
  constructor(
    private readonly db: TenantDb,
    private readonly tags: TagsRepository,
  ) {}

  list(): Promise<TagRow[]> {
    return this.db.read(() => this.tags.list());
  }

  /** @throws INVALID, CONFLICT when the name is taken or there are too many. */
  async create(typed: string): Promise<TagRow> {
    const wrong = tagProblem(typed);
    if (wrong) throw invalid(wrong.field, wrong.problem, wrong.message, wrong.more);
    const name = typed.trim();
    return this.db.write(async () => {
      if ((await this.tags.count()) >= MAX_TAGS) throw invalid('name', 'too_many', `There are ${MAX_TAGS} tags already. Delete one that is no longer used.`, { max: MAX_TAGS });
      const row = await this.tags.insert(newId(), name);
      if (!row) throw conflict('tag', `There is a tag "${name}" already. Use it, or choose another name.`);
      return row;
    });
  }

  /** @throws NOT_FOUND */
  async delete(id: string): Promise<void> {
    if ((await this.db.write(() => this.tags.delete(id))) === 0) throw notFound('tag', id);
  }

  /** Puts a tag on customers; those who have it keep it. @throws NOT_FOUND when the tag or one of them is unknown. */
  async tag(customerIds: readonly string[], tagId: string): Promise<void> {
    checkMany(customerIds);
    await this.db.write(async () => {
      if (!(await this.tags.exists(tagId))) throw notFound('tag', tagId);
      const known = await this.tags.put(tagId, customerIds);
      if (known < new Set(customerIds).size) throw notFound('customer');
    });
  }

  async untag(customerIds: readonly string[], tagId: string): Promise<void> {
    checkMany(customerIds);
    await this.db.write(async () => {
      if (!(await this.tags.exists(tagId))) throw notFound('tag', tagId);
      const known = await this.tags.take(tagId, customerIds);
      if (known < new Set(customerIds).size) throw notFound('customer');
    });
  }

  ofCustomers(customerIds: readonly string[]): Promise<(TagRow & { customerId: string })[]> {
    return this.db.read(() => this.tags.ofCustomers(customerIds));
  }

  counts(tagIds: readonly string[]): Promise<{ id: string; count: number }[]> {
    return this.db.read(() => this.tags.counts(tagIds));
  }
}

function checkMany(customerIds: readonly string[]): void {
  if (customerIds.length > MAX_AT_ONCE) throw invalid('customerIds', 'too_many', `customerIds may hold at most ${MAX_AT_ONCE} at once. Send the rest in another call.`, { max: MAX_AT_ONCE });
}
