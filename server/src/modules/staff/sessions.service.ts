// Sessions: an httpOnly cookie with a random secret, stored hashed; the doorkeeper reads it.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { rolePermissions } from '@huiliu/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config.js';
import type { Actor } from '../../core/context.js';
import { SystemDb } from '../../core/db/system-db.js';
import { Doorkeeper } from '../../core/doorkeeper.js';
import { Cron } from '../../core/jobs/decorators.js';
import { hashSecret, newSecret } from '../../core/secrets.js';
import { AccountsRepository } from './accounts.repository.js';
import { SESSION_DAYS } from './staff-member.js';

export const SESSION_COOKIE = 'huiliu_session';
const REASON = 'a session is read before its tenant is known';
const TOUCH_AFTER_MS = 5 * 60_000;

const permissionSets = new Map(Object.entries(rolePermissions).map(([role, list]) => [role, new Set(list)]));

@Injectable()
export class SessionsService implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly system: SystemDb,
    private readonly accounts: AccountsRepository,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  onModuleInit(): void {
    this.doorkeeper.register((request) => {
      const secret = request.cookies[SESSION_COOKIE];
      return secret && !request.headers.authorization ? this.read(hashSecret(secret)) : undefined;
    });
  }

  private async read(hash: Buffer): Promise<{ actor: Actor; tenantId: string } | undefined> {
    const session = await this.system.read(REASON, () => this.accounts.session(hash));
    if (!session) return undefined;
    if (Date.now() - session.lastSeenAt.getTime() > TOUCH_AFTER_MS) await this.system.write(REASON, () => this.accounts.touchSession(hash));
    const actor: Actor = { kind: 'staff', id: session.staffId, accountId: session.accountId, name: session.name, permissions: permissionSets.get(session.role) };
    return { tenantId: session.tenantId, actor };
  }

  /** Opens a session and sets the cookie. A session that the request brought is ended: signing in never keeps an old secret. */
  async open(accountId: string, tenantId: string, http: { request: FastifyRequest; reply: FastifyReply }): Promise<void> {
    const secret = newSecret();
    const old = http.request.cookies[SESSION_COOKIE];
    await this.system.write(REASON, async () => {
      if (old) await this.accounts.deleteSession(hashSecret(old));
      await this.accounts.insertSession({ hash: hashSecret(secret), accountId, tenantId, days: SESSION_DAYS, userAgent: http.request.headers['user-agent']?.slice(0, 200) ?? null });
    });
    void http.reply.setCookie(SESSION_COOKIE, secret, { path: '/', httpOnly: true, sameSite: 'lax', secure: this.config.cookieSecure, maxAge: SESSION_DAYS * 86_400 });
  }

  async close(http: { request: FastifyRequest; reply: FastifyReply }): Promise<void> {
    const secret = http.request.cookies[SESSION_COOKIE];
    if (secret) await this.system.write(REASON, () => this.accounts.deleteSession(hashSecret(secret)));
    this.clear(http.reply);
  }

  /** Ends every session of the account; `keep` leaves the request's own. */
  async closeAll(accountId: string, keep?: FastifyRequest): Promise<void> {
    const secret = keep?.cookies[SESSION_COOKIE];
    await this.system.write(REASON, () => this.accounts.deleteSessions(accountId, secret ? hashSecret(secret) : undefined));
  }

  clear(reply: FastifyReply): void {
    void reply.clearCookie(SESSION_COOKIE, { path: '/' });
  }

  @Cron('staff.sweep_sessions', '17 3 * * *')
  async sweep(): Promise<void> {
    await this.system.write('sessions stand outside the fence', async () => {
      await this.accounts.deleteExpiredSessions();
      await this.system.exec('delete from sign_in_throttle where expire < (extract(epoch from now()) * 1000)::bigint');
    });
  }
}
