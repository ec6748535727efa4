import type { World } from '../world.ts';
import { randomText } from '../ids.ts';
import { isRelated, type Contact, type Corp, type CorpApp } from './corp.ts';
import { externalIdOf } from './external-id.ts';
import { pushToCorp } from './pushes.ts';

const WELCOME_MS = 20_000;
/** The warning comes when fewer than 20 are left. */
const LOW_BALANCE = 19;

export interface NewContact {
  userid: string;
  person: string;
  channel?: string;
  half?: boolean;
  addWay?: number;
  linkId?: string;
  /** Benchmarks add thousands without a word to anybody. */
  silent?: boolean;
}

/** Tells the apps of a corp that a relation changed. */
export function pushContactChange(world: World, corp: Corp, contact: Contact, change: { type: string; more?: Record<string, string> }): void {
  void pushToCorp(world, corp, {
    kind: 'contact',
    event: 'change_external_contact',
    fields: (app: CorpApp) => ({
      ChangeType: change.type,
      UserID: contact.userid,
      ExternalUserID: externalIdOf(corp.corpid, app, contact.person),
      ...change.more,
    }),
  });
}

/** A person becomes a contact of an employee. Answers the welcome code, if one was given. */
export function addContact(world: World, corp: Corp, input: NewContact): { contact: Contact; welcomeCode: string } {
  const now = world.clock.now();
  const before = corp.contact(input.userid, input.person);
  // Friends already: scanning again opens the chat and changes nothing.
  if (before?.state === 'friend') return { contact: before, welcomeCode: '' };
  const contact: Contact = {
    ...(before ?? freshContact(input, now)),
    state: input.half ? 'half' : 'friend',
    since: now,
    addWay: input.addWay ?? 1,
    channel: input.channel ?? '',
    ...(input.linkId === undefined ? {} : { linkId: input.linkId }),
    talked: false,
    welcomed: false,
    lastAt: now,
  };
  corp.keepContact(contact);
  if (input.silent) return { contact, welcomeCode: '' };
  corp.say(contact.userid, contact.person, { at: now, from: 'system', kind: 'system', text: input.half ? '你已添加对方，等待对方确认' : '你已添加了企业微信联系人，现在可以开始聊天了' });
  if (contact.linkId !== undefined) spendBalance(world, corp);
  const welcomeCode = issueWelcome(corp, contact, now);
  pushContactChange(world, corp, contact, { type: input.half ? 'add_half_external_contact' : 'add_external_contact', more: addFields(contact, welcomeCode) });
  return { contact, welcomeCode };
}

/** The employee confirms a half contact: a friend now. No second welcome code when the first was used. */
export function acceptContact(world: World, corp: Corp, contact: Contact): string {
  contact.state = 'friend';
  contact.lastAt = world.clock.now();
  const welcomeCode = contact.welcomed ? '' : issueWelcome(corp, contact, contact.lastAt);
  pushContactChange(world, corp, contact, { type: 'add_external_contact', more: addFields(contact, welcomeCode) });
  return welcomeCode;
}

/** The employee deletes the person. */
export function deleteByEmployee(world: World, corp: Corp, contact: Contact, source = ''): void {
  contact.state = 'gone';
  pushContactChange(world, corp, contact, { type: 'del_external_contact', ...(source === '' ? {} : { more: { Source: source } }) });
}

/** The person deletes the employee; for the API the pair stays related. */
export function deleteByPerson(world: World, corp: Corp, contact: Contact): void {
  if (isRelated(contact)) contact.state = 'one_way';
  pushContactChange(world, corp, contact, { type: 'del_follow_user' });
}

/** A transfer ends: the taker has the person, or was refused. */
export function endTransfer(world: World, corp: Corp, input: { contact: Contact; to: string; outcome: 'done' | 'refused' | 'full' }): void {
  const { contact, to, outcome } = input;
  const pending = corp.data.transfers.find((one) => one.person === contact.person && one.from === contact.userid && one.to === to && one.status === 2);
  if (pending) pending.status = outcome === 'done' ? 1 : outcome === 'refused' ? 3 : 4;
  const taker = { ...contact, userid: to };
  if (outcome !== 'done') {
    const FailReason = outcome === 'refused' ? 'customer_refused' : 'customer_limit_exceed';
    return pushContactChange(world, corp, taker, { type: 'transfer_fail', more: { FailReason } });
  }
  deleteByEmployee(world, corp, contact, 'DELETE_BY_TRANSFER');
  if (corp.contact(to, contact.person)?.state === 'friend') return;
  addContact(world, corp, { userid: to, person: contact.person, channel: contact.channel, addWay: 202 });
}

/** A customer who came by an acquisition link costs one of the paid balance. */
function spendBalance(world: World, corp: Corp): void {
  const left = Math.max(0, corp.data.settings.acquisitionBalance - 1);
  corp.data.settings.acquisitionBalance = left;
  if (left === LOW_BALANCE) pushAcquisition(world, corp, 'balance_low');
  if (left === 0) pushAcquisition(world, corp, 'balance_exhausted');
}

function pushAcquisition(world: World, corp: Corp, ChangeType: string): void {
  void pushToCorp(world, corp, { kind: 'contact', event: 'customer_acquisition', fields: () => ({ ChangeType }) });
}

/** A customer of a link wrote for the first time. */
export function pushChatStart(world: World, corp: Corp, contact: Contact): void {
  void pushToCorp(world, corp, {
    kind: 'contact',
    event: 'customer_acquisition',
    fields: (app: CorpApp) => ({ ChangeType: 'customer_start_chat', UserID: contact.userid, ExternalUserID: externalIdOf(corp.corpid, app, contact.person), LinkId: contact.linkId ?? '' }),
  });
}

function addFields(contact: Contact, welcomeCode: string): Record<string, string> {
  return { ...(contact.channel === '' ? {} : { State: contact.channel }), ...(welcomeCode === '' ? {} : { WelcomeCode: welcomeCode }) };
}

function issueWelcome(corp: Corp, contact: Contact, now: number): string {
  if (corp.data.settings.adminWelcome || contact.talked || contact.welcomed) return '';
  const code = randomText(43);
  corp.welcomeCodes.set(code, { userid: contact.userid, person: contact.person, endsAt: now + WELCOME_MS, used: false });
  return code;
}

function freshContact({ userid, person }: NewContact, now: number): Contact {
  return {
    userid,
    person,
    state: 'friend',
    since: now,
    addWay: 1,
    channel: '',
    remark: '',
    description: '',
    company: '',
    mobiles: [],
    tags: [],
    talked: false,
    welcomed: false,
    lastAt: now,
    transfers: [],
  };
}
