// SQL of staff and invitations, inside the tenant's fence.
import { Injectable } from '@nestjs/common';
import type { Role } from '@huiliu/shared';
import { TenantDb } from '../../core/db/tenant-db.js';

export interface StaffRow {
  id: string;
  accountId: string;
  name: string;
  email: string;
  role: Role;
  createdAt: Date;
}
export interface InvitationRow {
  id: string;
  email: string;
  role: Role;
  createdAt: Date;
  expiresAt: Date;
}

const staffColumns = 'id, account_id "accountId", name, email, role, created_at "createdAt"';
const invitationColumns = 'id, email, role, created_at "createdAt", expires_at "expiresAt"';

@Injectable()
export class StaffRepository {
  constructor(private readonly db: TenantDb) {}

  list(): Promise<StaffRow[]> {
    return this.db.query<StaffRow>(`select ${staffColumns} from staff order by created_at`);
  }

  byId(id: string): Promise<StaffRow | undefined> {
    return this.db.one<StaffRow>(`select ${staffColumns} from staff where id = $1`, [id]);
  }

  byAccount(accountId: string): Promise<StaffRow | undefined> {
    return this.db.one<StaffRow>(`select ${staffColumns} from staff where account_id = $1`, [accountId]);
  }

  insert(row: Omit<StaffRow, 'createdAt'>): Promise<number> {
    return this.db.exec('insert into staff (tenant_id, id, account_id, name, email, role) values (app.current_tenant(), $1,$2,$3,$4,$5) on conflict (tenant_id, account_id) do nothing', [row.id, row.accountId, row.name, row.email, row.role]);
  }

  /** Not when it would leave the merchant without an owner. Owners are locked in one order, so two at once cannot both pass. */
  async setRole(id: string, role: Role): Promise<boolean> {
    await this.db.query("select id from staff where role = 'owner' order by id for update");
    return (await this.db.exec(`update staff set role = $2 where id = $1 and ($2 = 'owner' or role <> 'owner' or exists (select 1 from staff o where o.role = 'owner' and o.id <> $1))`, [id, role])) > 0;
  }

  async remove(id: string): Promise<boolean> {
    await this.db.query("select id from staff where role = 'owner' order by id for update");
    return (await this.db.exec(`delete from staff where id = $1 and (role <> 'owner' or exists (select 1 from staff o where o.role = 'owner' and o.id <> $1))`, [id])) > 0;
  }

  invitations(): Promise<InvitationRow[]> {
    return this.db.query<InvitationRow>(`select ${invitationColumns} from invitations where accepted_at is null and revoked_at is null and expires_at > now() order by created_at desc`);
  }

  async insertInvitation(row: { id: string; email: string; role: Role; hash: Buffer; invitedBy: string; days: number }): Promise<InvitationRow> {
    const rows = await this.db.query<InvitationRow>(
      `insert into invitations (tenant_id, id, email, role, token_hash, invited_by, expires_at)
       values (app.current_tenant(), $1,$2,$3,$4,$5, now() + make_interval(days => $6)) returning ${invitationColumns}`,
      [row.id, row.email, row.role, row.hash, row.invitedBy, row.days],
    );
    return rows[0]!;
  }

  revokeInvitation(id: string): Promise<number> {
    return this.db.exec('update invitations set revoked_at = now() where id = $1 and accepted_at is null and revoked_at is null', [id]);
  }

  /** Who leaves, or changes role, takes no door along: the links were shown to them. */
  revokeInvitationsOf(staffId: string): Promise<number> {
    return this.db.exec('update invitations set revoked_at = now() where invited_by = $1 and accepted_at is null and revoked_at is null', [staffId]);
  }

  openInvitation(hash: Buffer): Promise<InvitationRow | undefined> {
    return this.db.one<InvitationRow>(`select ${invitationColumns} from invitations where token_hash = $1 and accepted_at is null and revoked_at is null and expires_at > now()`, [hash]);
  }

  /** Uses the invitation up; undefined when someone was faster. */
  acceptInvitation(hash: Buffer): Promise<InvitationRow | undefined> {
    return this.db.one<InvitationRow>(
      `update invitations set accepted_at = now() where token_hash = $1 and accepted_at is null and revoked_at is null and expires_at > now() returning ${invitationColumns}`,
      [hash],
    );
  }
}
