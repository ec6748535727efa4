// The token of the operator's platform app at WeChat: one for all processes, fetched with the ticket that WeChat keeps pushing.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import type { AccessToken, PlatformFailure, PlatformResult } from '../adapter.js';
import { open as openSecret, seal, type Place, type Purpose } from '../channel.secrets.js';
import { TokenLine, type HeldToken, type TokenOwner } from '../tokens/token-line.service.js';
import { ComponentApi } from './component.client.js';
import { ProviderAppsRepository } from './provider-apps.repository.js';

const NOT_READY: PlatformFailure = { ok: false, kind: 'upstream', problem: 'platform_app_not_ready', code: 0, detail: 'no verify ticket has arrived yet' };

@Injectable()
export class ComponentTokens {
  private readonly line: TokenLine;

  constructor(@Inject(CONFIG) private readonly config: Config, private readonly apps: ProviderAppsRepository, private readonly api: ComponentApi) {
    this.line = new TokenLine(apps);
  }

  /** The ticket that WeChat pushes every ten minutes; the newest counts. */
  async keepTicket(ticket: string, at: Date): Promise<void> {
    await this.apps.storeTicket(this.key, seal(this.config.secretKeys, this.place('ticket'), ticket), at);
  }

  /** Runs a call with the platform's token; once more with another when the first was refused. Never inside a write. */
  async with<T>(call: (token: string) => Promise<PlatformResult<T>>): Promise<PlatformResult<T>> {
    const held = await this.take();
    if (!held.ok) return held;
    const first = await call(held.value.token);
    if (first.ok || first.kind !== 'token_expired') return first;
    const other = await this.line.replace(this.owner(), held.value);
    return other.ok ? call(other.value.token) : other;
  }

  async take(): Promise<PlatformResult<HeldToken>> {
    // Without a row there is nothing to lease: nothing was ever pushed.
    if ((await this.apps.find(this.key)) === undefined) return NOT_READY;
    return this.line.take(this.owner());
  }

  /** Forgets what this process holds, as a restart would. */
  forgetHeld(): void {
    this.line.forget();
  }

  private owner(): TokenOwner {
    return {
      key: this.key,
      seal: (token) => seal(this.config.secretKeys, this.place('token'), token),
      open: (envelope) => openSecret(this.config.secretKeys, this.place('token'), envelope),
      issue: () => this.issue(),
    };
  }

  private async issue(): Promise<PlatformResult<AccessToken>> {
    const sealed = await this.apps.ticket(this.key);
    const ticket = sealed && openSecret(this.config.secretKeys, this.place('ticket'), sealed);
    return ticket === undefined ? NOT_READY : this.api.componentToken(ticket);
  }

  private get key(): string {
    return `wechat_component:${this.api.app.id}`;
  }

  private place(purpose: Purpose): Place {
    return { tenantId: '', channelId: this.key, purpose };
  }
}
