import { CallbackQueue, type QueueOptions } from './callback-queue.ts';
import { Clock } from './clock.ts';
import { ComponentBook } from './component/component-book.ts';
import { EntryLinks } from './entry-links.ts';
import { FaultBook } from './fault-book.ts';
import { MessageIds, unionidOf } from './ids.ts';
import { LoginCodes } from './login-codes.ts';
import { MiniProgram, settingDefaults, type AppSettings } from './mini-program.ts';
import { WebLogins } from './web-logins.ts';
import { nameOf, type Person } from './person.ts';
import type { Template } from './template.ts';
import { WecomWorld } from './wecom/wecom-world.ts';

const RIDS_KEPT = 500;

/** A refused call, kept so that its request id can be asked about. */
export interface RidRecord {
  invoke_time: number;
  cost_in_ms: number;
  request_url: string;
  request_body: string;
  response_body: string;
  client_ip: string;
}

export type TemplateInput = Partial<Template> & { priTmplId: string };

/** Everything the simulated platform knows. */
export class World {
  readonly clock = new Clock();
  readonly faults = new FaultBook();
  readonly codes = new LoginCodes();
  readonly webLogins = new WebLogins();
  /** Codes of the phone button: same rules as login codes, but never exchangeable for one. */
  readonly phoneCodes = new LoginCodes();
  readonly links = new EntryLinks();
  readonly components = new ComponentBook(this);
  readonly messageIds = new MessageIds();
  readonly apps = new Map<string, MiniProgram>();
  readonly people = new Map<string, Person>();
  /** Access token to appid, for all programs. */
  readonly tokenIndex = new Map<string, string>();
  readonly rids = new Map<string, RidRecord>();
  /** WeCom's corps; people are shared. */
  readonly wecom = new WecomWorld();
  readonly callbacks: CallbackQueue;
  private nextNumber = new Map<string, number>();
  private nextMessage = 1;

  constructor(options: QueueOptions) {
    this.callbacks = new CallbackQueue(this.faults, options);
  }

  /** Creates a program, or replaces its settings and templates; its people and messages stay. */
  putApp(settings: Partial<AppSettings> & { appid: string }, templates: TemplateInput[]): MiniProgram {
    const complete = { ...settingDefaults, ...settings };
    let app = this.apps.get(settings.appid);
    if (app) {
      if (app.settings.secret !== complete.secret) app.tokens.killAll(this.clock.now());
      app.configure(complete);
    } else {
      app = new MiniProgram(complete, this.tokenIndex);
      this.apps.set(settings.appid, app);
    }
    app.setTemplates(templates);
    return app;
  }

  removeApp(appid: string): boolean {
    this.apps.get(appid)?.tokens.forget();
    return this.apps.delete(appid);
  }

  addPeople(count: number, prefix: string, name?: string): Person[] {
    const made: Person[] = [];
    let number = this.nextNumber.get(prefix) ?? 1;
    for (let i = 0; i < count; i += 1) {
      while (this.people.has(`${prefix}${number}`)) number += 1;
      const id = `${prefix}${number}`;
      const person = { id, name: name ?? nameOf(this.people.size), unionid: unionidOf(id) };
      this.people.set(id, person);
      made.push(person);
    }
    this.nextNumber.set(prefix, number);
    return made;
  }

  newMessageId(): string {
    const id = `m${this.nextMessage}`;
    this.nextMessage += 1;
    return id;
  }

  keepRid(rid: string, record: RidRecord): void {
    this.rids.set(rid, record);
    if (this.rids.size > RIDS_KEPT) {
      const oldest = this.rids.keys().next().value;
      if (oldest !== undefined) this.rids.delete(oldest);
    }
  }

  /** Forgets everything but pushes that are already under way. */
  reset(): void {
    for (const app of this.apps.values()) app.tokens.forget();
    this.apps.clear();
    this.people.clear();
    this.wecom.reset();
    this.tokenIndex.clear();
    this.rids.clear();
    this.codes.reset();
    this.webLogins.reset();
    this.phoneCodes.reset();
    this.links.reset();
    this.components.reset();
    this.faults.clear();
    this.clock.reset();
    this.nextNumber = new Map();
  }

  /** Counters a saved state must bring back so that no id is given twice. */
  counters(): { nextMessage: number } {
    return { nextMessage: this.nextMessage };
  }

  restoreCounters(counters: { nextMessage: number }): void {
    this.nextMessage = counters.nextMessage;
  }
}
