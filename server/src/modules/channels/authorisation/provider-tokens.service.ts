// The token of one of the operator's platform apps: one for all processes, fetched with the ticket that the platform keeps pushing.
import type { AccessToken, PlatformFailure, PlatformResult } from '../adapter.js';
import { open as openSecret, seal, type Place, type Purpose } from '../channel.secrets.js';
import { TokenLine, type HeldToken, type TokenOwner } from '../tokens/token-line.service.js';
import type { ProviderAppsRepository } from './provider-apps.repository.js';

const NOT_READY: PlatformFailure = { ok: false, kind: 'upstream', problem: 'platform_app_not_ready', code: 0, detail: 'no ticket has arrived yet' };

export abstract class ProviderTokens {
  private readonly line: TokenLine;

  protected constructor(private readonly keys: readonly Buffer[], private readonly apps: ProviderAppsRepository) {
    this.line = new TokenLine(apps);
  }

  /** Kind and id of the app: its row. */
  protected abstract get key(): string;
  protected abstract issueWith(ticket: string): Promise<PlatformResult<AccessToken>>;

  /** The newest ticket counts; a late delivery of an older one changes nothing. */
  async keepTicket(ticket: string, at: Date): Promise<void> {
    if (ticket !== '') await this.apps.storeTicket(this.key, seal(this.keys, this.place('ticket'), ticket), at);
  }

  /** Runs a call with the app's token; once more with another when the first was refused. Never inside a write. */
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
      seal: (token) => seal(this.keys, this.place('token'), token),
      open: (envelope) => openSecret(this.keys, this.place('token'), envelope),
      issue: () => this.issue(),
    };
  }

  private async issue(): Promise<PlatformResult<AccessToken>> {
    const sealed = await this.apps.ticket(this.key);
    const ticket = sealed && openSecret(this.keys, this.place('ticket'), sealed);
    return ticket === undefined ? NOT_READY : this.issueWith(ticket);
  }

  private place(purpose: Purpose): Place {
    return { tenantId: '', channelId: this.key, purpose };
  }
}
