// SQL of accounts and sessions: above the fence, since signing in is how a tenant becomes known.
import { Injectable } from '@nestjs/common';
import type { Role } from '@huiliu/shared';
import { SystemDb } from '../../core/db/system-db.js';

export interface Account {
  id: string;
  email: string;
  name: string;
  passwordHash: string;
}
export interface SessionRow {
  accountId: string;
  tenantId: string;
  staffId: string;
  name: string;
  email: string;
  role: Role;
  lastSeenAt: Date;
}

@Injectable()
export class AccountsRepository {
  constructor(private readonly system: SystemDb) {}

  byEmail(email: string): Promise<Account | undefined> {
    return this.system.one<Account>('select id, email, name, password_hash "passwordHash" from accounts where email = $1', [email]);
  }

  byId(id: string): Promise<Account | undefined> {
    return this.system.one<Account>('select id, email, name, password_hash "passwordHash" from accounts where id = $1', [id]);
  }

  insert(account: Account): Promise<number> {
    return this.system.exec('insert into accounts (id, email, name, password_hash) values ($1,$2,$3,$4) on conflict (email) do nothing', [account.id, account.email, account.name, account.passwordHash]);
  }

  insertStaff(row: { tenantId: string; id: string; accountId: string; name: string; email: string; role: Role }): Promise<number> {
    return this.system.exec('insert into staff (tenant_id, id, account_id, name, email, role) values ($1,$2,$3,$4,$5,$6) on conflict (tenant_id, account_id) do nothing', [row.tenantId, row.id, row.accountId, row.name, row.email, row.role]);
  }

  async tenantIds(accountId: string): Promise<string[]> {
    const rows = await this.system.query<{ tenant_id: string }>('select tenant_id from staff where account_id = $1 order by created_at', [accountId]);
    return rows.map((row) => row.tenant_id);
  }

  setPassword(accountId: string, passwordHash: string): Promise<number> {
    return this.system.exec('update accounts set password_hash = $2, password_changed_at = now() where id = $1', [accountId, passwordHash]);
  }

  insertSession(row: { hash: Buffer; accountId: string; tenantId: string; days: number; userAgent: string | null }): Promise<number> {
    return this.system.exec(`insert into sessions (token_hash, account_id, tenant_id, expires_at, user_agent) values ($1,$2,$3, now() + make_interval(days => $4), $5)`, [row.hash, row.accountId, row.tenantId, row.days, row.userAgent]);
  }

  async session(hash: Buffer): Promise<SessionRow | undefined> {
    const rows = await this.system.prepared<SessionRow>(
      'session',
      `select s.account_id "accountId", s.tenant_id "tenantId", st.id "staffId", st.name, st.email, st.role, s.last_seen_at "lastSeenAt"
       from sessions s join staff st on st.tenant_id = s.tenant_id and st.account_id = s.account_id
       join tenants t on t.id = s.tenant_id and t.suspended_at is null
       where s.token_hash = $1 and s.expires_at > now()`,
      [hash],
    );
    return rows[0];
  }

  touchSession(hash: Buffer): Promise<number> {
    return this.system.exec('update sessions set last_seen_at = now() where token_hash = $1', [hash]);
  }

  deleteSession(hash: Buffer): Promise<number> {
    return this.system.exec('delete from sessions where token_hash = $1', [hash]);
  }

  /** Every session of the account; `except` keeps one. */
  deleteSessions(accountId: string, except?: Buffer): Promise<number> {
    return this.system.exec('delete from sessions where account_id = $1 and ($2::bytea is null or token_hash <> $2)', [accountId, except ?? null]);
  }

  deleteSessionsAt(tenantId: string, accountId: string): Promise<number> {
    return this.system.exec('delete from sessions where tenant_id = $1 and account_id = $2', [tenantId, accountId]);
  }

  deleteExpiredSessions(): Promise<number> {
    return this.system.exec('delete from sessions where expires_at < now()');
  }
}
