import { AppStats } from '../app-stats.ts';
import type { CallbackQueue, Delivery } from '../callback-queue.ts';
import type { Clock } from '../clock.ts';
import { randomText } from '../ids.ts';
import type { MiniProgram, PushSettings } from '../mini-program.ts';
import { signedRequest, type PushEvent, type SignedRequest } from '../push-event.ts';
import { allFuncs } from './rights.ts';

const TICKET_MS = 12 * 3600_000;
const TOKEN_MS = 7_200_000;
const PRE_AUTH_MS = 600_000;
const AUTH_CODE_MS = 3_600_000;

export interface ComponentSettings {
  appid: string;
  secret: string;
  token: string;
  aesKey: string;
  name: string;
  /** Where tickets and authorisation events go. */
  eventUrl: string;
  /** Where the pushes of authorised accounts go; `$APPID$` is replaced. */
  messageUrl: string;
}

/** One account that lets the platform act for it. */
export interface Authorization {
  appid: string;
  refreshToken: string;
  funcs: number[];
  /** Seconds. */
  at: number;
}

export interface SavedComponent {
  settings: ComponentSettings;
  ticket: { value: string; at: number };
  authorizations: Authorization[];
}

/** What a component needs of the world it lives in. */
export interface Surroundings {
  readonly clock: Clock;
  readonly apps: ReadonlyMap<string, MiniProgram>;
  readonly callbacks: CallbackQueue;
  readonly components: { dropTokens(app: MiniProgram): void };
}

/** A third-party platform. */
export class Component {
  settings: ComponentSettings;
  readonly stats = new AppStats();
  readonly authorizations = new Map<string, Authorization>();
  private ticket = { value: '', at: 0 };
  private readonly tokens = new Map<string, number>();
  private readonly preAuthCodes = new Map<string, number>();
  private readonly authCodes = new Map<string, { appid: string; expiresAt: number }>();
  private readonly world: Surroundings;

  constructor(world: Surroundings, settings: ComponentSettings) {
    this.world = world;
    this.settings = settings;
  }

  get appid(): string {
    return this.settings.appid;
  }

  /** Makes a new verify ticket and pushes it. */
  pushTicket(): Promise<Delivery> {
    this.ticket = { value: `ticket@@@${randomText(80)}`, at: this.world.clock.now() };
    return this.push('component_verify_ticket', { ComponentVerifyTicket: this.ticket.value });
  }

  /** 0 when a ticket is the newest and still lives. */
  checkTicket(value: string, now: number): 0 | 61005 | 61006 {
    if (value === '' || value !== this.ticket.value) return 61006;
    return now - this.ticket.at < TICKET_MS ? 0 : 61005;
  }

  issueToken(now: number): { component_access_token: string; expires_in: number } {
    const value = `8${randomText(135)}`;
    this.tokens.set(value, now + TOKEN_MS);
    return { component_access_token: value, expires_in: TOKEN_MS / 1000 };
  }

  checkToken(value: string | undefined, now: number): 0 | 40001 | 41001 | 42001 {
    if (!value) return 41001;
    const end = this.tokens.get(value);
    if (end === undefined) return 40001;
    return end > now ? 0 : 42001;
  }

  killTokens(): void {
    this.tokens.clear();
  }

  issuePreAuthCode(now: number): { pre_auth_code: string; expires_in: number } {
    const value = `preauthcode@@@${randomText(60)}`;
    this.preAuthCodes.set(value, now + PRE_AUTH_MS);
    return { pre_auth_code: value, expires_in: PRE_AUTH_MS / 1000 };
  }

  knowsPreAuthCode(value: string, now: number): boolean {
    return (this.preAuthCodes.get(value) ?? 0) > now;
  }

  /** The account's owner agrees: the platform may act for it, and gets a code it can redeem once. */
  authorise(app: MiniProgram, { preAuthCode = '', funcs = allFuncs }: { preAuthCode?: string; funcs?: number[] }): { authCode: string; expiresIn: number; delivery: Promise<Delivery> } {
    const now = this.world.clock.now();
    const before = this.authorizations.get(app.appid);
    const authCode = `queryauthcode@@@${randomText(60)}`;
    this.authCodes.set(authCode, { appid: app.appid, expiresAt: now + AUTH_CODE_MS });
    this.preAuthCodes.delete(preAuthCode);
    this.authorizations.set(app.appid, { appid: app.appid, refreshToken: `refreshtoken@@@${randomText(43)}`, funcs, at: Math.floor(now / 1000) });
    this.adopt(app);
    const fields = { AuthorizerAppid: app.appid, AuthorizationCode: authCode, AuthorizationCodeExpiredTime: Math.floor((now + AUTH_CODE_MS) / 1000), PreAuthCode: preAuthCode };
    return { authCode, expiresIn: AUTH_CODE_MS / 1000, delivery: this.push(before ? 'updateauthorized' : 'authorized', fields) };
  }

  /** The owner takes it back: tokens die, pushes go to the account's own address again. */
  unauthorise(app: MiniProgram): Promise<Delivery> {
    this.authorizations.delete(app.appid);
    this.world.components.dropTokens(app);
    app.pushVia = null;
    return this.push('unauthorized', { AuthorizerAppid: app.appid });
  }

  /** The account behind an authorization code, which is used up by asking. */
  redeem(code: string, now: number): Authorization | null {
    const found = this.authCodes.get(code);
    this.authCodes.delete(code);
    return found && found.expiresAt > now ? (this.authorizations.get(found.appid) ?? null) : null;
  }

  /** From now on the account's pushes go through this platform. */
  adopt(app: MiniProgram): void {
    app.pushVia = (one) => ({ ...one.settings, ...this.crypto(), callbackUrl: this.settings.messageUrl.replace('$APPID$', one.appid) });
  }

  save(): SavedComponent {
    return { settings: this.settings, ticket: this.ticket, authorizations: [...this.authorizations.values()] };
  }

  load(saved: SavedComponent): void {
    this.ticket = saved.ticket;
    for (const one of saved.authorizations) {
      this.authorizations.set(one.appid, one);
      const app = this.world.apps.get(one.appid);
      if (app) this.adopt(app);
    }
  }

  private crypto(): Pick<PushSettings, 'appid' | 'token' | 'aesKey' | 'mode' | 'format'> {
    const { appid, token, aesKey } = this.settings;
    return { appid, token, aesKey, mode: 'secure', format: 'xml' };
  }

  private push(infoType: string, fields: Record<string, string | number>): Promise<Delivery> {
    const createTime = Math.floor(Date.now() / 1000);
    const event: PushEvent = { openid: '', createTime, msgType: '', infoType, fields };
    const settings: PushSettings = { ...this.crypto(), originalId: '', jsonNumbers: 'number', callbackUrl: this.settings.eventUrl };
    const write = (): SignedRequest => signedRequest(settings, event);
    return this.world.callbacks.deliver({ appid: this.appid, settings, stats: this.stats }, { name: infoType, openid: '', createTime, write });
  }
}
