// Signing up, signing in, and everything a person does with the own account.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { currentContext, runAs } from '../../core/context.js';
import { SystemDb } from '../../core/db/system-db.js';
import { AppError, invalid } from '../../core/errors/app-error.js';
import type { GraphContext } from '../../core/graphql/loaders.js';
import { refusal, type Refusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import { TenantsService } from '../tenants/index.js';
import { AccountsRepository, type Account } from './accounts.repository.js';
import { Passwords } from './passwords.service.js';
import { SessionsService } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.service.js';
import { type FieldProblem, normalEmail, whyNotEmail, whyNotName, whyNotPassword } from './staff-member.js';

const REASON = 'an account is known before a tenant is';

export interface SignUpInput {
  tenantName: string;
  name: string;
  email: string;
  password: string;
  trade?: string | null;
  isDemo?: boolean | null;
}
/** Who has just signed in: enough for `me`. */
export interface SignedIn {
  accountId: string;
  tenantId: string;
}

export function refuseBadInput(...problems: (FieldProblem | undefined)[]): void {
  const first = problems.find((p) => p !== undefined);
  if (first) throw invalid(first.field, first.problem, first.message);
}

@Injectable()
export class AccountsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly system: SystemDb,
    private readonly accounts: AccountsRepository,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly throttle: SignInThrottle,
    private readonly tenants: TenantsService,
  ) {}

  /** Opens a merchant with its owner, and signs the owner in. */
  async signUp(input: SignUpInput, http: GraphContext): Promise<SignedIn | Refusal> {
    if (this.config.signUp === 'closed') return refusal('sign_up_closed');
    const email = normalEmail(input.email);
    refuseBadInput(whyNotEmail(email), whyNotPassword(input.password), whyNotName(input.name));
    if (!input.tenantName.trim()) throw invalid('tenantName', 'length', 'tenantName must have 1 to 60 characters.');
    await this.throttle.take(`sign-up:${email}`, http.request.ip);
    const account: Account = { id: newId(), email, name: input.name.trim(), passwordHash: await this.passwords.hash(input.password) };
    const tenantId = await this.system.write(REASON, async () => {
      if ((await this.accounts.insert(account)) === 0) return undefined;
      // Where customers are real, nobody can call a shop a demonstration.
      const isDemo = input.isDemo === true && this.config.simulatorUrl !== undefined;
      const tenant = await this.tenants.open({ name: input.tenantName, trade: input.trade, isDemo });
      await this.accounts.insertStaff({ tenantId: tenant.id, id: newId(), accountId: account.id, name: account.name, email, role: 'owner' });
      return tenant.id;
    });
    if (!tenantId) return refusal('email_taken');
    return this.enter(account.id, tenantId, http);
  }

  async signIn(email: string, password: string, http: GraphContext): Promise<SignedIn | Refusal> {
    const normal = normalEmail(email);
    await this.throttle.take(normal, http.request.ip);
    const account = await this.system.read(REASON, () => this.accounts.byEmail(normal));
    if (!(await this.passwords.matches(account?.passwordHash, password))) return refusal('wrong_credentials');
    await this.throttle.clear(normal);
    const [tenantId] = await this.system.read(REASON, () => this.accounts.tenantIds(account!.id));
    if (!tenantId) return refusal('no_tenant');
    return this.enter(account!.id, tenantId, http);
  }

  /** Goes on at another merchant of the same person. */
  async switchTenant(tenantId: string, http: GraphContext): Promise<SignedIn | Refusal> {
    const accountId = this.accountId();
    const tenantIds = await this.system.read(REASON, () => this.accounts.tenantIds(accountId));
    if (!tenantIds.includes(tenantId)) throw new AppError('not_found', 'There is no such tenant.', { what: 'tenant', id: tenantId });
    return this.enter(accountId, tenantId, http);
  }

  /** The other sessions end: whoever knew the old password is out. */
  async changePassword(current: string, next: string, http: GraphContext): Promise<Refusal | undefined> {
    refuseBadInput(whyNotPassword(next, 'next'));
    const accountId = this.accountId();
    const account = await this.system.read(REASON, () => this.accounts.byId(accountId));
    await this.throttle.take(account?.email ?? accountId, http.request.ip);
    if (!(await this.passwords.matches(account?.passwordHash, current))) return refusal('wrong_password');
    const passwordHash = await this.passwords.hash(next);
    await this.system.write(REASON, () => this.accounts.setPassword(accountId, passwordHash));
    await this.sessions.closeAll(accountId, http.request);
    return undefined;
  }

  async signOutEverywhere(http: GraphContext): Promise<void> {
    await this.sessions.closeAll(this.accountId());
    this.sessions.clear(http.reply);
  }

  /** The account behind an e-mail address, made when new. A known one must prove its password, and each try counts as a sign-in does. */
  async provide(input: { email: string; name: string; password: string }, http: GraphContext): Promise<Account | Refusal> {
    refuseBadInput(whyNotPassword(input.password), whyNotName(input.name));
    await this.throttle.take(input.email, http.request.ip);
    const known = await this.system.read(REASON, () => this.accounts.byEmail(input.email));
    if (known && !(await this.passwords.matches(known.passwordHash, input.password))) return refusal('wrong_credentials');
    if (known) {
      await this.throttle.clear(input.email);
      return known;
    }
    const account: Account = { id: newId(), email: input.email, name: input.name.trim(), passwordHash: await this.passwords.hash(input.password) };
    const made = await this.system.write(REASON, () => this.accounts.insert(account));
    return made ? account : refusal('email_taken');
  }

  async enter(accountId: string, tenantId: string, http: GraphContext): Promise<SignedIn> {
    await this.sessions.open(accountId, tenantId, http);
    return { accountId, tenantId };
  }

  private accountId(): string {
    const { actor } = currentContext();
    if (!actor.accountId) throw new AppError('unauthenticated', 'Please sign in.');
    return actor.accountId;
  }
}

/** Runs `work` inside this tenant, still as the same caller. */
export const atTenant = <T>(tenantId: string, work: () => Promise<T>): Promise<T> => runAs({ ...currentContext(), tenantId }, work);
