// Who the customer is: by WeChat where we are in it, else by this browser.
import { ApiError, call } from './api.ts';
import { SIGN_IN, SIGN_IN_VISITOR, type SessionResult } from './contract.ts';
import { recall, remember, visitorId } from './memory.ts';
import { canSignIn, loginCode } from './wechat.ts';

export class Session {
  private readonly slug: string;
  private signingIn: Promise<string> | undefined;

  constructor(slug: string) {
    this.slug = slug;
  }

  /** Needed to sign in; an offer tells it, the wallet remembers it. */
  set appId(value: string) {
    remember(this.key('app'), value);
  }
  get appId(): string | undefined {
    return recall(this.key('app'));
  }

  /** Known without asking anybody. In WeChat a stored token could be another person's who used this phone: it is not trusted. */
  get storedToken(): string | undefined {
    return canSignIn() ? undefined : recall(this.key('token'));
  }

  /** Signs in when needed; callers at the same time share one sign-in. */
  token(): Promise<string> {
    this.signingIn ??= this.signIn().catch((error: unknown) => {
      this.signingIn = undefined;
      throw error;
    });
    return this.signingIn;
  }

  /** As the customer; a token that is over is replaced once. */
  async call<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    try {
      return await call<T>(query, variables, { token: await this.token() });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'UNAUTHENTICATED') throw error;
      this.forget();
      return call<T>(query, variables, { token: await this.token() });
    }
  }

  forget(): void {
    this.signingIn = undefined;
    remember(this.key('token'), undefined);
  }

  private async signIn(): Promise<string> {
    const stored = this.storedToken;
    if (stored) return stored;
    const result = await (canSignIn() && this.appId ? this.byWeChat(this.appId) : this.byBrowser());
    if (result.__typename === 'Refusal') throw new ApiError(result.code);
    remember(this.key('token'), result.token);
    return result.token;
  }

  /** A code works once, so a lost answer needs a new code: each try asks for its own. */
  private async byWeChat(appId: string): Promise<SessionResult> {
    const attempt = async () => call<SessionResult>(SIGN_IN, { slug: this.slug, appId, code: await loginCode(), visitorId: visitorId(this.slug) }, { waits: [] });
    const first = await attempt().catch((error: unknown) => {
      if (error instanceof ApiError) return undefined;
      throw new ApiError('offline');
    });
    return first && first.__typename !== 'Refusal' ? first : attempt();
  }

  private byBrowser(): Promise<SessionResult> {
    return call<SessionResult>(SIGN_IN_VISITOR, { slug: this.slug, visitorId: visitorId(this.slug) });
  }

  private key(what: string): string {
    return `huiliu.${this.slug}.${what}`;
  }
}
