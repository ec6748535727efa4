import { AppStats } from './app-stats.ts';
import { openidOf } from './ids.ts';
import { Member } from './member.ts';
import type { Person } from './person.ts';
import { QuotaBook, type QuotaLimits } from './quota-book.ts';
import { templateFrom, type Template } from './template.ts';
import { TokenBook } from './token-book.ts';

export interface AppLimits extends QuotaLimits {
  /** Life of an access token in seconds, 7200 unless a test needs less. */
  tokenSeconds?: number;
  /** How long the ordinary token before the last one still works, seconds. */
  tokenOverlapSeconds?: number;
  /** Template ids per prompt, 5. */
  promptTemplates?: number;
  /** Private templates per program, 50. */
  templates?: number;
  /** Values with one of these words are refused (45168). */
  forbiddenWords?: string[];
}

/** What the merchant set in the platform's console. */
export interface AppSettings {
  appid: string;
  secret: string;
  originalId: string;
  name: string;
  callbackUrl: string;
  token: string;
  aesKey: string;
  mode: 'plain' | 'compat' | 'secure';
  format: 'json' | 'xml';
  limits: AppLimits;
  /** Page the phone opens first: a path on the product's public address. */
  homePath: string;
  /** Mini-program page to public path, with `{name}` for query values: `{'pages/offer/index': '/p/x/o/{o}?m={m}'}`. */
  routes: Record<string, string>;
  /** Pages of the released program; empty means any page is accepted. */
  pages: string[];
  /** Bound to an Open Platform account: logins answer a unionid. */
  unionBound: boolean;
  /** Subscription messages banned by the platform (43107, client 20005). */
  subscribeBanned: boolean;
  /** Which finished sends are reported by event. */
  sentEvents: 'all' | 'none';
  /** How numbers stand in JSON events; `mixed` follows the documentation's samples. */
  jsonNumbers: 'mixed' | 'number' | 'string';
}

export const settingDefaults: Omit<AppSettings, 'appid'> = {
  secret: '',
  originalId: 'gh_simulated',
  name: '小程序',
  callbackUrl: '',
  token: '',
  aesKey: '',
  mode: 'plain',
  format: 'json',
  limits: {},
  homePath: '/',
  routes: {},
  pages: [],
  unionBound: true,
  subscribeBanned: false,
  sentEvents: 'all',
  jsonNumbers: 'mixed',
};

/** One mini program on the platform. */
export class MiniProgram {
  settings: AppSettings;
  readonly templates = new Map<string, Template>();
  readonly byOpenid = new Map<string, Member>();
  readonly byPerson = new Map<string, Member>();
  readonly media = new Set<string>();
  /** Openids a send is running for at this moment. */
  readonly sending = new Set<string>();
  readonly quota = new QuotaBook();
  readonly tokens: TokenBook;
  stats = new AppStats();

  constructor(settings: AppSettings, tokenIndex: Map<string, string>) {
    this.settings = settings;
    this.quota.limits = settings.limits;
    this.tokens = new TokenBook(settings.appid, tokenIndex);
  }

  get appid(): string {
    return this.settings.appid;
  }

  /** The person inside this program; the first time makes the openid known to the merchant's account. */
  member(person: Person): Member {
    let member = this.byPerson.get(person.id);
    if (!member) {
      member = new Member(person, openidOf(this.appid, person.id));
      this.byPerson.set(person.id, member);
      this.byOpenid.set(member.openid, member);
    }
    return member;
  }

  configure(change: Partial<AppSettings>): void {
    this.settings = { ...this.settings, ...change, appid: this.appid };
    this.quota.limits = this.settings.limits;
  }

  setTemplates(templates: (Partial<Template> & { priTmplId: string })[]): void {
    this.templates.clear();
    for (const input of templates) this.templates.set(input.priTmplId, templateFrom(input));
  }
}
