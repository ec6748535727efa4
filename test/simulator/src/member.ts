import type { Person } from './person.ts';

/** What one person allowed for one template. */
export interface Grant {
  /** Sends that are still allowed; Infinity for a long-term template. */
  remaining: number;
  /** The choice kept in the settings, or null when the person is asked each time. */
  kept: 'accept' | 'reject' | null;
}

/** A span in which customer-service messages may be sent. Times are milliseconds of the platform clock. */
export interface ServiceWindow {
  endsAt: number;
  max: number;
  used: number;
}

export type WindowKind = 'message' | 'enter' | 'menu' | 'follow' | 'scan';

export const windowRules: Record<WindowKind, { lifeMs: number; max: number }> = {
  message: { lifeMs: 48 * 3600_000, max: 5 },
  enter: { lifeMs: 60_000, max: 2 },
  menu: { lifeMs: 60_000, max: 3 },
  follow: { lifeMs: 60_000, max: 3 },
  scan: { lifeMs: 60_000, max: 3 },
};

export type MessageKind = 'subscribe' | 'custom' | 'template' | 'post';

/** Counts by kind; the two that only official accounts send appear once there is one. */
export type Received = { subscribe: number; custom: number } & Partial<Record<MessageKind, number>>;

/** A person as a follower of an official account. */
export interface Follow {
  subscribed: boolean;
  /** Seconds. */
  at: number;
  scene: string;
  qrScene: number;
  qrSceneStr: string;
  remark: string;
  tags: number[];
  /** Switched the account's messages off. */
  blocked: boolean;
  /** On the account's own black list. */
  banned?: boolean;
  /** Mass posts received by month, `yyyy-mm` in Beijing. */
  posts: Record<string, number>;
}

/** A message that reached the phone. `at` is milliseconds. */
export interface InboxMessage {
  id: string;
  at: number;
  kind: MessageKind;
  msgtype?: string;
  templateId?: string;
  title?: string;
  data?: Record<string, string>;
  text?: string;
  page?: string;
  /** Program the page belongs to, when it is not the sender's own. */
  pageAppid?: string;
  /** Shown in the account's chat rather than among the service notices. */
  inChat?: true;
  read: boolean;
}

export interface ChatLine {
  at: number;
  from: 'me' | 'service' | 'system';
  text: string;
  /** The message this line shows, when it can be tapped. */
  messageId?: string;
}

/** Old messages are dropped from the phone after this many; the counts stay exact. */
const INBOX_KEPT = 200;

/** One person inside one mini program. */
export class Member {
  readonly person: Person;
  readonly openid: string;
  sessionKey: string | null = null;
  mainSwitch = true;
  readonly grants = new Map<string, Grant>();
  readonly windows: Partial<Record<WindowKind, ServiceWindow>> = {};
  inbox: InboxMessage[] = [];
  chat: ChatLine[] = [];
  received: Received = { subscribe: 0, custom: 0 };
  follow: Follow | null = null;
  lastActionAt = -Infinity;
  /** Times of the last logins, milliseconds. Most of a hundred thousand members never need the list. */
  private loginTimes: number[] | null = null;
  /** CreateTime of the last event of each name, so that one person's events never share a second. */
  private lastEventAt: Map<string, number> | null = null;

  constructor(person: Person, openid: string) {
    this.person = person;
    this.openid = openid;
  }

  grant(templateId: string): Grant {
    let grant = this.grants.get(templateId);
    if (!grant) this.grants.set(templateId, (grant = { remaining: 0, kept: null }));
    return grant;
  }

  /** Opens a window of its kind afresh: full count, full time; nothing adds up. */
  openWindow(kind: WindowKind, now: number): void {
    this.windows[kind] = { endsAt: now + windowRules[kind].lifeMs, max: windowRules[kind].max, used: 0 };
    this.lastActionAt = now;
  }

  /** Spends one customer-service message from the longest open window. Answers 0 or the errcode. */
  spendWindow(now: number): 0 | 45015 | 45047 {
    const open = Object.values(this.windows).filter((window) => window.endsAt > now);
    if (open.length === 0) return 45015;
    const free = open.filter((window) => window.used < window.max).toSorted((a, b) => b.endsAt - a.endsAt)[0];
    if (!free) return 45047;
    free.used += 1;
    return 0;
  }

  get follows(): boolean {
    return this.follow?.subscribed === true;
  }

  /** Spends one send of a template. False when nothing is left or the person refuses. */
  spendGrant(templateId: string): boolean {
    const grant = this.grants.get(templateId);
    if (!this.mainSwitch || !grant || grant.kept === 'reject' || grant.remaining < 1) return false;
    grant.remaining -= 1;
    return true;
  }

  receive(message: InboxMessage): void {
    this.received[message.kind] = (this.received[message.kind] ?? 0) + 1;
    this.inbox.push(message);
    if (this.inbox.length > INBOX_KEPT) this.inbox.splice(0, this.inbox.length - INBOX_KEPT);
  }

  say(line: ChatLine): void {
    this.chat.push(line);
    if (this.chat.length > INBOX_KEPT) this.chat.splice(0, this.chat.length - INBOX_KEPT);
  }

  /** Seconds for the next event of this name: real time, but never twice the same second. */
  eventSecond(event: string): number {
    this.lastEventAt ??= new Map();
    const second = Math.max(Math.floor(Date.now() / 1000), (this.lastEventAt.get(event) ?? 0) + 1);
    this.lastEventAt.set(event, second);
    return second;
  }

  /** Counts a login. False when there were `max` within the last minute already. */
  countLogin(now: number, max: number): boolean {
    const recent = (this.loginTimes ?? []).filter((time) => time > now - 60_000);
    if (recent.length >= max) return false;
    this.loginTimes = [...recent, now];
    return true;
  }
}
