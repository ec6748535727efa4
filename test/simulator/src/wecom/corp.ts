import { AppStats } from '../app-stats.ts';
import { CorpData, type Contact, type CorpApp, type CorpTag } from './corp-data.ts';
import { externalIdOf } from './external-id.ts';
import type { WecomLine } from './wecom-line.ts';

export { CorpData } from './corp-data.ts';
export type * from './corp-data.ts';
export type { Attachment, LineKind, WecomLine } from './wecom-line.ts';

const LINES_KEPT = 300;

/** Allows one message after an event, while the session is still in the state that gave it. */
export interface KfCode {
  openKfid: string;
  person: string;
  endsAt: number;
  /** Session state that gave the code; null for a welcome. */
  state: number | null;
  menus: boolean;
}

/** A corp: its data, and what ends with the process (tokens, codes, counts). */
export class Corp {
  readonly corpid: string;
  readonly stats = new AppStats();
  /** Welcome codes: 20 seconds, one use. */
  readonly welcomeCodes = new Map<string, { userid: string; person: string; endsAt: number; used: boolean }>();
  /** Codes for one message of WeChat Customer Service, and the tokens its pushes carry, with their ends. */
  readonly kfCodes = new Map<string, KfCode>();
  readonly kfTokens = new Map<string, number>();
  /** Times of reads without such a token. */
  bareReads: number[] = [];
  /** Person by external_userid, of all apps. */
  readonly people = new Map<string, string>();
  data: CorpData;
  /** Contacts as lists: making one anew for every page of fifty thousand would take longer than the page. */
  private readonly lists = new Map<string, Contact[]>();

  constructor(corpid: string, data: CorpData = new CorpData()) {
    this.corpid = corpid;
    this.data = data;
  }

  /** An id of this corp that is never given twice. */
  id(prefix: string): string {
    this.data.next += 1;
    return `${prefix}${this.corpid.slice(-6)}${String(this.data.next).padStart(8, '0')}`;
  }

  contact(userid: string, person: string): Contact | undefined {
    return this.data.contacts.get(userid)?.get(person);
  }

  contactsOf(userid: string): readonly Contact[] {
    let list = this.lists.get(userid);
    if (!list) this.lists.set(userid, (list = [...(this.data.contacts.get(userid)?.values() ?? [])]));
    return list;
  }

  followersOf(person: string): Contact[] {
    return [...this.data.contacts.values()].flatMap((people) => people.get(person) ?? []);
  }

  keepContact(contact: Contact): void {
    let people = this.data.contacts.get(contact.userid);
    if (!people) this.data.contacts.set(contact.userid, (people = new Map()));
    people.set(contact.person, contact);
    this.lists.delete(contact.userid);
    this.know(contact.person);
  }

  /** Lets every app's id of a person lead back to the person. */
  know(person: string): void {
    for (const app of this.data.apps) this.people.set(externalIdOf(this.corpid, app, person), person);
  }

  /** Learns everybody's ids anew: after a restart, and when an app is added. */
  knowAll(): void {
    for (const people of this.data.contacts.values()) for (const person of people.keys()) this.know(person);
    for (const account of this.data.kf.values()) for (const person of account.visitors.keys()) this.know(person);
    for (const group of this.data.groups.values()) for (const { person } of group.members) if (person) this.know(person);
  }

  chat(userid: string, person: string): WecomLine[] {
    const key = `${userid}|${person}`;
    let lines = this.data.chats.get(key);
    if (!lines) this.data.chats.set(key, (lines = []));
    return lines;
  }

  say(userid: string, person: string, line: WecomLine): void {
    const lines = this.chat(userid, person);
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.splice(0, lines.length - LINES_KEPT);
  }

  allTags(): CorpTag[] {
    return this.data.tagGroups.flatMap((group) => group.tags.filter((tag) => !tag.deleted));
  }
}

/** Who owns what an app makes: only that app may change it. */
export function ownerOf(app: CorpApp): string {
  return app.suiteId ?? String(app.agentid);
}

/** Whether the API still treats the pair as related. */
export function isRelated(contact: Contact | undefined): contact is Contact {
  return contact !== undefined && contact.state !== 'gone';
}
