import { AppStats } from './app-stats.ts';
import { openidOf, unionidOf } from './ids.ts';
import { Member } from './member.ts';
import { OfficialState } from './official/official-state.ts';
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
  /** Mass posts per follower and month of a service account, 4. */
  postsPerMonth?: number;
}

export type AppKind = 'mini_program' | 'service_account' | 'subscription_account';

/** A template message of an official account. */
export interface MessageTemplate {
  templateId: string;
  title: string;
  content: string;
}

/** Where and how pushes about an account are sent. */
export type PushSettings = Pick<AppSettings, 'appid' | 'originalId' | 'callbackUrl' | 'token' | 'aesKey' | 'mode' | 'format' | 'jsonNumbers'>;

/** What the merchant set in the platform's console. */
export interface AppSettings {
  appid: string;
  kind: AppKind;
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
  /** Host that web logins may return to; empty means any. */
  redirectDomain: string;
  /** Mini programs messages may open; empty means any. */
  linkedPrograms: string[];
  /** Open Platform account it is bound to: programs of another one see other unionids. */
  openPlatform: string;
  messageTemplates: MessageTemplate[];
  /** How a mass post ends, and how long it takes. */
  massStatus: string;
  massDelayMs: number;
  /** How a publication ends: 0 published, 2 originality, 3 failed, 4 audit, 5 deleted, 6 banned. */
  publishStatus: number;
  publishEvent: 'PUBLISHJOBFINISH' | 'FREEPUBLISHJOBFINISH';
  /** Calls that answer this errcode: a right the platform took away. */
  deniedApis: Record<string, number>;
}

export const settingDefaults: Omit<AppSettings, 'appid'> = {
  kind: 'mini_program',
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
  redirectDomain: '',
  linkedPrograms: [],
  openPlatform: '',
  messageTemplates: [],
  massStatus: 'send success',
  massDelayMs: 0,
  publishStatus: 0,
  publishEvent: 'PUBLISHJOBFINISH',
  deniedApis: {},
};

/** One account on the platform: a mini program, a service account or a subscription account. */
export class MiniProgram {
  settings: AppSettings;
  readonly templates = new Map<string, Template>();
  readonly byOpenid = new Map<string, Member>();
  readonly byPerson = new Map<string, Member>();
  readonly media = new Set<string>();
  /** Sealed data that was handed out: SHA-256 of its text to the time. */
  readonly sealed = new Map<string, number>();
  /** Openids a send is running for at this moment. */
  readonly sending = new Set<string>();
  readonly quota = new QuotaBook();
  readonly tokens: TokenBook;
  /** What only official accounts have; made when it is first needed. */
  readonly official = new OfficialState();
  /** Where pushes go while the account is authorised to a third-party platform. */
  pushVia: ((app: MiniProgram) => PushSettings) | null = null;
  stats = new AppStats();

  constructor(settings: AppSettings, tokenIndex: Map<string, string>) {
    this.settings = checked(settings);
    this.quota.limits = settings.limits;
    this.tokens = new TokenBook(settings.appid, tokenIndex);
  }

  get appid(): string {
    return this.settings.appid;
  }

  /** Official accounts push XML only and have followers; mini programs have neither. */
  get isOfficial(): boolean {
    return this.settings.kind !== 'mini_program';
  }

  get pushSettings(): PushSettings {
    return this.pushVia?.(this) ?? this.settings;
  }

  /** The person's unionid as this account sees it. */
  unionid(person: Person): string {
    const { openPlatform } = this.settings;
    return openPlatform === '' ? person.unionid : unionidOf(`${openPlatform}|${person.id}`);
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
    this.settings = checked({ ...this.settings, ...change, appid: this.appid });
    this.quota.limits = this.settings.limits;
  }

  setTemplates(templates: (Partial<Template> & { priTmplId: string })[]): void {
    this.templates.clear();
    for (const input of templates) this.templates.set(input.priTmplId, templateFrom(input));
  }
}

/** Official accounts know no JSON pushes, whatever was asked for. */
function checked(settings: AppSettings): AppSettings {
  return settings.kind === 'mini_program' ? settings : { ...settings, format: 'xml' };
}
