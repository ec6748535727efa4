// Live codes and acquisition links: made at the platform, kept here with what they give and what they count for.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid, notFound } from '../../../core/errors/app-error.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { Audit } from '../../tenants/index.js';
import type { PlatformFailure, PlatformResult } from '../adapter.js';
import { MAX_EMPLOYEES, type ContactWay } from '../adapters/wecom/contact-ways.client.js';
import { wecomOf, type Wecom } from '../adapters/wecom/wecom.adapter.js';
import { randomWord } from '../channel.secrets.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';
import { LiveCodesRepository, type LiveCodeFields, type LiveCodeRow } from './live-codes.repository.js';
import { welcomeProblem, type Welcome } from './welcome.js';

/** The platform's word for a code that is no longer there. */
const GONE = 'wecom_gone';

@Injectable()
export class LiveCodes {
  constructor(private readonly db: TenantDb, private readonly repository: LiveCodesRepository, private readonly calls: PlatformCalls, private readonly audit: Audit) {}

  async list(channelId: string): Promise<(LiveCodeRow & { contacts: number })[]> {
    await this.calls.open(channelId, wecomOf);
    return this.db.read(() => this.repository.list(channelId));
  }

  /** The codes behind these states. Joins an open transaction. */
  byStates(channelId: string, states: readonly string[]): Promise<LiveCodeRow[]> {
    return this.db.read(() => this.repository.byStates(channelId, states));
  }

  /** Refused: platform_refused; live_code_unknown when the platform never said. @throws INVALID, NOT_FOUND */
  async create(channelId: string, kind: string, fields: LiveCodeFields): Promise<LiveCodeRow | Refusal> {
    await this.checkEntryLink(fields);
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    if (kind !== 'code' && kind !== 'link') throw invalid('kind', 'bad_format', 'A live code is a code or a link.');
    refuseBadFields(fields);
    const row = { id: newId(), channelId, kind, state: `hl${randomWord(20)}` } as const;
    // Stored first: a code whose id we lost could never be changed, but who comes by it would still be known.
    await this.db.write(() => this.repository.insert(row, fields));
    const way = wayOf(row.state, fields);
    const made = await this.calls.ask(channel, (token) => (kind === 'code' ? account.ways.addCode(way, token) : account.ways.addLink(way, token)));
    if (!made.ok) return this.notMade(row.id, made);
    await this.db.write(async () => {
      await this.repository.made(row.id, made.value);
      await this.audit.record('channel.create_live_code', { kind: 'channel', id: channelId }, { name: fields.name });
    });
    return this.get(row.id);
  }

  /** @throws INVALID, NOT_FOUND */
  async update(id: string, fields: LiveCodeFields): Promise<LiveCodeRow | Refusal> {
    const row = await this.get(id);
    await this.checkEntryLink(fields);
    refuseBadFields(fields);
    const way = wayOf(row.state, fields);
    const done = await this.at(row, (account, platformId, token) => (row.kind === 'code' ? account.ways.updateCode(platformId, way, token) : account.ways.updateLink(platformId, way, token)));
    if (!done.ok) return refusedBy(done);
    await this.db.write(async () => {
      await this.repository.update(id, fields);
      await this.audit.record('channel.update_live_code', { kind: 'channel', id: row.channelId }, { name: fields.name });
    });
    return this.get(id);
  }

  async delete(id: string): Promise<Refusal | undefined> {
    const row = await this.get(id);
    const done = await this.at(row, (account, platformId, token) => (row.kind === 'code' ? account.ways.deleteCode(platformId, token) : account.ways.deleteLink(platformId, token)));
    if (!done.ok && done.problem !== GONE) return refusedBy(done);
    await this.db.write(async () => {
      await this.repository.delete(id);
      await this.audit.record('channel.delete_live_code', { kind: 'channel', id: row.channelId }, { name: row.name });
    });
    return undefined;
  }

  async welcome(channelId: string): Promise<Welcome | undefined> {
    await this.calls.open(channelId, wecomOf);
    return this.db.read(() => this.repository.welcome(channelId));
  }

  /** @throws INVALID naming the field */
  async setWelcome(channelId: string, welcome: Welcome | undefined): Promise<void> {
    await this.calls.open(channelId, wecomOf);
    refuseBadWelcome(welcome ?? null);
    await this.db.write(async () => {
      await this.repository.setWelcome(channelId, welcome);
      await this.audit.record('channel.set_contact_welcome', { kind: 'channel', id: channelId });
    });
  }

  private async get(id: string): Promise<LiveCodeRow> {
    const row = await this.db.read(() => this.repository.find(id));
    if (row === undefined) throw notFound('live_code', id);
    return row;
  }

  private async at(row: LiveCodeRow, call: (account: Wecom, platformId: string, token: string) => Promise<PlatformResult<true>>): Promise<PlatformResult<true>> {
    const { platformId } = row;
    if (platformId === null) return { ok: true, value: true }; // the platform never gave its id: nothing can be changed there
    const { channel, account } = await this.calls.open(row.channelId, wecomOf);
    return this.calls.ask(channel, (token) => call(account, platformId, token));
  }

  private async notMade(id: string, failure: PlatformFailure): Promise<Refusal> {
    if (failure.problem === 'platform_silent') return refusal('live_code_unknown', { id });
    await this.db.write(() => this.repository.forget(id));
    return refusedBy(failure);
  }

  private async checkEntryLink({ entryLinkId }: LiveCodeFields): Promise<void> {
    if (entryLinkId !== null && !(await this.db.read(() => this.repository.hasEntryLink(entryLinkId)))) throw notFound('entry_link', entryLinkId);
  }
}

/** @throws INVALID naming the field */
function refuseBadFields(fields: LiveCodeFields): void {
  if (fields.name === '') throw invalid('name', 'required', 'Give the code a name.');
  if (Array.from(fields.name).length > 30) throw invalid('name', 'too_long', 'At most 30 characters.', { max: 30 });
  if (fields.employees.length === 0) throw invalid('employees', 'required', 'Choose at least one employee.');
  if (fields.employees.length > MAX_EMPLOYEES) throw invalid('employees', 'too_many', `At most ${MAX_EMPLOYEES} employees.`, { max: MAX_EMPLOYEES });
  refuseBadWelcome(fields.welcome);
}

function refuseBadWelcome(welcome: Welcome | null): void {
  const wrong = welcome === null ? undefined : welcomeProblem(welcome);
  if (wrong !== undefined) throw invalid(`welcome.${wrong.field}`, wrong.problem, wrong.message);
}

const wayOf = (state: string, { name, employees, skipVerify }: LiveCodeFields): ContactWay => ({ name, employees, state, skipVerify });
