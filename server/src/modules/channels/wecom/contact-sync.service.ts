// Reads an account's contacts employee by employee, page by page. Each page is a job of its own, so a crash costs one page at most.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../core/clock.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { Events } from '../../../core/events/events.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { Jobs } from '../../../core/jobs/jobs.js';
import type { PlatformFailure, PlatformResult } from '../adapter.js';
import type { ContactPage } from '../adapters/wecom/contacts.client.js';
import { wecomOf } from '../adapters/wecom/wecom.adapter.js';
import { PlatformCalls } from '../platform-calls.service.js';
import { ContactSyncsRepository, type ContactSyncRow, type EmployeeRow } from './contact-syncs.repository.js';
import { ContactsRepository } from './contacts.repository.js';
import { readContacts } from './wecom.job.js';

const TRY_AGAIN_MS = 60_000;
/** Said of an employee who has no contacts at all. */
const NO_RELATION = 84061;
const CURSOR_INVALID = 50100;
/** About one employee, not about the account: the others are read all the same. */
const EMPLOYEE_PROBLEMS: ReadonlySet<string> = new Set(['wecom_out_of_range', 'wecom_employee_unfit', 'wecom_licence', 'wecom_not_friend']);

@Injectable()
export class ContactSync {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly db: TenantDb,
    private readonly syncs: ContactSyncsRepository,
    private readonly contacts: ContactsRepository,
    private readonly calls: PlatformCalls,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly clock: Clock,
  ) {}

  /** Refused: sync_running. @throws NOT_FOUND, INVALID for an account of another kind */
  async start(channelId: string, reason: 'asked' | 'daily'): Promise<ContactSyncRow | Refusal> {
    await this.calls.open(channelId, wecomOf);
    return this.db.write(async () => {
      const sync = await this.syncs.begin(newId(), channelId, reason);
      if (sync === undefined) return refusal('sync_running', { channelId });
      await this.jobs.enqueue(readContacts, { syncId: sync.id });
      return sync;
    });
  }

  async stop(channelId: string): Promise<void> {
    await this.calls.open(channelId, wecomOf);
    await this.db.write(() => this.syncs.stop(channelId));
  }

  async latest(channelId: string): Promise<ContactSyncRow | undefined> {
    await this.calls.open(channelId, wecomOf);
    return this.db.read(() => this.syncs.latest(channelId));
  }

  async employees(channelId: string): Promise<EmployeeRow[]> {
    await this.calls.open(channelId, wecomOf);
    return this.db.read(() => this.syncs.employees(channelId));
  }

  async count(channelId: string): Promise<number> {
    await this.calls.open(channelId, wecomOf);
    return this.db.read(() => this.contacts.count(channelId));
  }

  /** One page. Running twice for the same page is harmless: the second finds the place moved. */
  async readPage(syncId: string): Promise<void> {
    const sync = await this.db.read(() => this.syncs.sync(syncId));
    if (sync?.state !== 'running') return;
    if (sync.employees === null) return this.nameEmployees(sync);
    const employee = sync.employees[sync.place];
    if (employee === undefined) return this.db.write(() => this.syncs.finish(sync.id, 'done'));
    const readAt = this.clock.now();
    const page = await this.ask(sync.channelId, employee, sync.cursor);
    if (page.ok) return this.keep(sync, { employee, readAt }, page.value);
    if (page.code === CURSOR_INVALID && sync.cursor !== '') return this.move(sync, { place: sync.place, cursor: '' });
    return EMPLOYEE_PROBLEMS.has(page.problem) ? this.move(sync, { place: sync.place + 1, cursor: '' }) : this.hold(sync, page);
  }

  private async ask(channelId: string, employee: string, cursor: string): Promise<PlatformResult<ContactPage>> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    const page = await this.calls.ask(channel, (token) => account.contacts.page(employee, cursor, token));
    return !page.ok && page.code === NO_RELATION ? { ok: true, value: { contacts: [], next: '' } } : page;
  }

  private async nameEmployees(sync: ContactSyncRow): Promise<void> {
    const { channel, account } = await this.calls.open(sync.channelId, wecomOf);
    const employees = await this.calls.ask(channel, (token) => account.contacts.employees(token));
    if (!employees.ok) return this.hold(sync, employees);
    await this.db.write(async () => {
      if (await this.syncs.nameEmployees(sync, employees.value)) await this.jobs.enqueue(readContacts, { syncId: sync.id });
    });
  }

  private async keep(sync: ContactSyncRow, of: { employee: string; readAt: Date }, { contacts, next }: ContactPage): Promise<void> {
    await this.db.write(async () => {
      const stored = await this.contacts.store(sync.channelId, contacts, { readAt: of.readAt, syncId: sync.id });
      const isEnd = next === '';
      const lost = isEnd ? await this.contacts.markLost({ channelId: sync.channelId, employee: of.employee, syncId: sync.id, startedAt: sync.startedAt }) : [];
      const step = { place: isEnd ? sync.place + 1 : sync.place, cursor: next, seen: contacts.length, found: stored.found, changed: stored.changed, lost: lost.length };
      if (!(await this.syncs.advance(sync, step))) return;
      for (const ids of [stored.ids, lost]) if (ids.length > 0) await this.events.emit('channel.contacts_seen', { channelId: sync.channelId, ids });
      await this.jobs.enqueue(readContacts, { syncId: sync.id });
    });
  }

  private move(sync: ContactSyncRow, to: { place: number; cursor: string }): Promise<void> {
    return this.db.write(async () => {
      if (await this.syncs.advance(sync, { ...to, seen: 0, found: 0, changed: 0, lost: 0 })) await this.jobs.enqueue(readContacts, { syncId: sync.id });
    });
  }

  /** The platform's no ends it; want of an answer makes it wait where it is. */
  private hold(sync: ContactSyncRow, failure: PlatformFailure): Promise<void> {
    return this.db.write(async () => {
      if (failure.kind !== 'throttled' && failure.kind !== 'upstream') return this.syncs.finish(sync.id, 'failed', failure.problem);
      await this.syncs.note(sync.id, failure.problem);
      await this.jobs.enqueue(readContacts, { syncId: sync.id }, { runAt: new Date(this.clock.now().getTime() + TRY_AGAIN_MS) });
    });
  }
}
