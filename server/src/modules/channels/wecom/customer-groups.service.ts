// Customer groups as the platform has them, and the codes that lead into them.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { currentTenantId } from '../../../core/context.js';
import { invalid } from '../../../core/errors/app-error.js';
import type { Refusal } from '../../../core/graphql/refusal.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import type { CustomerGroup } from '../adapters/wecom/customer-groups.client.js';
import { wecomOf } from '../adapters/wecom/wecom.adapter.js';
import { randomWord } from '../channel.secrets.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';
import { tryAgain } from './contact-desk.service.js';
import { readGroups } from './wecom.job.js';

export interface GroupRow {
  id: string;
  name: string;
  owner: string;
  members: number;
  contacts: number;
  createdAt: Date | null;
}

const MAX_GROUPS = 5;

@Injectable()
export class CustomerGroupsService {
  constructor(private readonly db: TenantDb, private readonly calls: PlatformCalls, private readonly jobs: Jobs) {}

  async list(channelId: string): Promise<GroupRow[]> {
    await this.calls.open(channelId, wecomOf);
    return this.db.read(() => this.db.query<GroupRow>(
      `select chat_id as id, name, owner, members, contacts, created_at as "createdAt" from customer_groups
       where channel_id = $1 and dismissed_at is null order by created_at desc nulls last, chat_id limit 1000`, [channelId]));
  }

  async refresh(channelId: string): Promise<void> {
    await this.calls.open(channelId, wecomOf);
    await this.db.write(() => this.jobs.enqueue(readGroups, { channelId }));
  }

  /** Told by callback. Joins the caller's write. */
  async told(channelId: string, changes: readonly { groupId: string; change: string }[]): Promise<void> {
    const dismissed = changes.filter((one) => one.change === 'dismissed').map((one) => one.groupId);
    if (dismissed.length > 0) await this.dismiss(channelId, dismissed);
    for (const chatId of new Set(changes.filter((one) => one.change !== 'dismissed').map((one) => one.groupId)))
      await this.jobs.enqueue(readGroups, { channelId, chatId }, { key: `group:${channelId}:${chatId}` });
  }

  /** Reads one group, or the list and then each of them. @throws upstream, throttled: the job tries again */
  async read(channelId: string, chatId?: string): Promise<void> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    if (chatId !== undefined) {
      const detail = await this.calls.ask(channel, (token) => account.groups.detail(chatId, token));
      if (detail.ok) return this.db.write(() => this.store(channelId, detail.value));
      tryAgain(detail);
      return detail.problem === 'wecom_gone' ? this.db.write(() => this.dismiss(channelId, [chatId])) : undefined;
    }
    const ids: string[] = [];
    let cursor = '';
    do {
      const page = await this.calls.ask(channel, (token) => account.groups.page([], cursor, token));
      if (!page.ok) return tryAgain(page);
      ids.push(...page.value.ids);
      cursor = page.value.next;
    } while (cursor !== '');
    await this.db.write(async () => {
      await this.db.exec('update customer_groups set dismissed_at = now() where channel_id = $1 and dismissed_at is null and not chat_id = any($2)', [channelId, ids]);
      await this.jobs.enqueueMany(readGroups, ids.map((id) => ({ channelId, chatId: id })));
    });
  }

  /** @throws INVALID, NOT_FOUND */
  async joinCode(channelId: string, name: string, groupIds: readonly string[]): Promise<{ configId: string; url: string } | Refusal> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    if (groupIds.length === 0) throw invalid('groupIds', 'required', 'Choose at least one group.');
    if (groupIds.length > MAX_GROUPS) throw invalid('groupIds', 'too_many', `At most ${MAX_GROUPS} groups.`, { max: MAX_GROUPS });
    const made = await this.calls.ask(channel, (token) => account.groups.addJoinCode({ name, groupIds, state: `hg${randomWord(20)}` }, token));
    return made.ok ? { configId: made.value.id, url: made.value.url } : refusedBy(made);
  }

  private async dismiss(channelId: string, chatIds: readonly string[]): Promise<void> {
    await this.db.exec('update customer_groups set dismissed_at = coalesce(dismissed_at, now()) where channel_id = $1 and chat_id = any($2)', [channelId, chatIds]);
  }

  private async store(channelId: string, group: CustomerGroup): Promise<void> {
    const contacts = group.members.filter((member) => member.isContact).length;
    await this.db.exec(
      `insert into customer_groups (tenant_id, channel_id, chat_id, name, owner, members, contacts, version, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (tenant_id, channel_id, chat_id) do update set name = excluded.name, owner = excluded.owner, members = excluded.members, contacts = excluded.contacts,
         version = excluded.version, created_at = excluded.created_at, dismissed_at = null, synced_at = now()`,
      [currentTenantId(), channelId, group.id, group.name, group.owner, group.members.length, contacts, group.version, group.createdAt]);
  }
}
