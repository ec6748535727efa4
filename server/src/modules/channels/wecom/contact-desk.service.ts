// Contacts between two readings: what callbacks tell, what the platform says of one of them, and what we change there.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { AppError, invalid } from '../../../core/errors/app-error.js';
import { Events } from '../../../core/events/events.js';
import type { Refusal } from '../../../core/graphql/refusal.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import { Audit } from '../../tenants/index.js';
import type { ChannelEvent, PlatformFailure } from '../adapter.js';
import { wecomOf } from '../adapters/wecom/wecom.adapter.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';
import { ContactsRepository, type ContactNews, type ContactRow } from './contacts.repository.js';
import { learnContacts, tagNewcomer } from './wecom.job.js';

/** So many questions one job asks; a burst of newcomers becomes several jobs. */
const LEARN_AT_ONCE = 20;
const MAX_REMARK = 20;

@Injectable()
export class ContactDesk {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly repository: ContactsRepository,
    private readonly calls: PlatformCalls,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly clock: Clock,
    private readonly audit: Audit,
  ) {}

  /** For listeners of `channel.contacts_seen`. Joins an open transaction. */
  load(channelId: string, ids: readonly string[]): Promise<ContactRow[]> {
    return this.db.read(() => this.repository.load(channelId, ids));
  }

  /** Told by callback. Joins the caller's write. */
  async told(channelId: string, events: readonly ChannelEvent[]): Promise<void> {
    const news = newsOf(events);
    const ids = news.length > 0 ? await this.repository.told(channelId, news) : [];
    if (ids.length > 0) await this.events.emit('channel.contacts_seen', { channelId, ids });
    const unknown = [...new Set(events.flatMap((event) => (event.type === 'contact.added' || event.type === 'contact.edited' ? [event.externalId] : [])))];
    for (let at = 0; at < unknown.length; at += LEARN_AT_ONCE) await this.jobs.enqueue(learnContacts, { channelId, externalIds: unknown.slice(at, at + LEARN_AT_ONCE) });
    // A half contact takes no tags until the employee confirms, which is an event of its own.
    for (const event of events)
      if (event.type === 'contact.added' && !event.isHalf && event.state !== '') await this.jobs.enqueue(tagNewcomer, { channelId, externalId: event.externalId, employee: event.employee, state: event.state });
  }

  /** What the platform says of these, for every employee who has them. @throws upstream, throttled: the job tries again */
  async learn(channelId: string, externalIds: readonly string[]): Promise<void> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    for (const externalId of externalIds) {
      const readAt = this.clock.now();
      const detail = await this.calls.ask(channel, (token) => account.contacts.detail(externalId, token));
      if (!detail.ok) {
        tryAgain(detail);
        continue; // gone again, or half added: the next reading tells
      }
      await this.db.write(async () => {
        const { ids } = await this.repository.store(channelId, detail.value, { readAt, syncId: null });
        if (ids.length > 0) await this.events.emit('channel.contacts_seen', { channelId, ids });
      });
    }
  }

  /** Puts corp tags on a contact. False: the platform would not. @throws upstream, throttled */
  async tag(channelId: string, pair: { externalId: string; employee: string }, tagIds: readonly string[]): Promise<boolean> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    const done = await this.calls.ask(channel, (token) => account.tags.mark(pair, { add: tagIds }, token));
    if (!done.ok) {
      tryAgain(done);
      return false;
    }
    await this.db.write(() => this.repository.noteTags(channelId, pair, tagIds));
    return true;
  }

  /** The employee's note on a contact. @throws INVALID, NOT_FOUND */
  async remark(channelId: string, pair: { externalId: string; employee: string }, remark: string): Promise<Refusal | undefined> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    if (Array.from(remark).length > MAX_REMARK) throw invalid('remark', 'too_long', `At most ${MAX_REMARK} characters.`, { max: MAX_REMARK });
    const done = await this.calls.ask(channel, (token) => account.contacts.setRemark(pair, { remark }, token));
    if (!done.ok) return refusedBy(done);
    await this.db.write(async () => {
      await this.repository.noteRemark(channelId, pair, remark);
      await this.audit.record('channel.remark_contact', { kind: 'channel', id: channelId }, pair);
    });
    return undefined;
  }
}

/** @throws what makes a job run again, when waiting helps */
export function tryAgain({ kind, problem }: PlatformFailure): void {
  if (kind === 'upstream' || kind === 'throttled') throw new AppError(kind, 'The platform does not answer just now.', { problem });
}

/** The latest news of each pair. */
function newsOf(events: readonly ChannelEvent[]): ContactNews[] {
  const latest = new Map<string, ContactNews>();
  for (const event of events) {
    if (event.type !== 'contact.added' && event.type !== 'contact.removed') continue;
    const { externalId, employee, at } = event;
    const isAdded = event.type === 'contact.added';
    const news: ContactNews = { externalId, employee, at, state: isAdded ? event.state : '', isHalf: isAdded && event.isHalf, removedBy: isAdded ? null : event.by };
    const before = latest.get(`${externalId} ${employee}`);
    if (before === undefined || before.at <= at) latest.set(`${externalId} ${employee}`, news);
  }
  return [...latest.values()];
}
