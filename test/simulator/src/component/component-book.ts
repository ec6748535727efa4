import type { MiniProgram } from '../mini-program.ts';
import { Component, type Authorization, type ComponentSettings, type SavedComponent, type Surroundings } from './component.ts';

const TICKET_EVERY_MS = 600_000;

/** All third-party platforms, and the tokens they hold for accounts. */
export class ComponentBook {
  readonly all = new Map<string, Component>();
  private readonly tokens = new Map<string, Authorization>();
  private timer: NodeJS.Timeout | null = null;
  private readonly world: Surroundings;

  constructor(world: Surroundings) {
    this.world = world;
  }

  /** Makes a platform or changes its settings; either way a ticket is pushed. */
  put(settings: ComponentSettings): Component {
    const component = this.add(settings);
    void component.pushTicket();
    return component;
  }

  /** A token that acts for an account. */
  issueToken(app: MiniProgram, authorization: Authorization, now: number): { authorizer_access_token: string; expires_in: number } {
    const seconds = app.settings.limits.tokenSeconds ?? 7200;
    const token = app.tokens.issueAuthorizer(now, seconds * 1000);
    this.tokens.set(token.value, authorization);
    return { authorizer_access_token: token.value, expires_in: seconds };
  }

  /** What a token was given for; null for an account's own token. */
  authorizationOf(token: string | undefined): Authorization | null {
    return this.tokens.get(token ?? '') ?? null;
  }

  dropTokens(app: MiniProgram): void {
    for (const [value, authorization] of this.tokens) {
      if (authorization.appid !== app.appid) continue;
      app.tokens.kill(value, this.world.clock.now());
      this.tokens.delete(value);
    }
  }

  remove(appid: string): boolean {
    for (const authorized of this.all.get(appid)?.authorizations.keys() ?? []) {
      const app = this.world.apps.get(authorized);
      if (app) app.pushVia = null;
    }
    return this.all.delete(appid);
  }

  save(): SavedComponent[] {
    return [...this.all.values()].map((one) => one.save());
  }

  load(saved: SavedComponent[]): void {
    for (const one of saved) this.add(one.settings).load(one);
  }

  reset(): void {
    for (const appid of this.all.keys()) this.remove(appid);
    this.tokens.clear();
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private add(settings: ComponentSettings): Component {
    let component = this.all.get(settings.appid);
    if (component) component.settings = settings;
    else this.all.set(settings.appid, (component = new Component(this.world, settings)));
    this.timer ??= setInterval(() => this.pushTickets(), TICKET_EVERY_MS).unref();
    return component;
  }

  private pushTickets(): void {
    for (const component of this.all.values()) void component.pushTicket();
  }
}
