// The merchant's people: who is in, with which role, and who is invited.
import { Inject, Injectable } from '@nestjs/common';
import { rolePermissions, type Role } from '@huiliu/shared';
import { CONFIG, type Config } from '../../config.js';
import { currentContext, currentTenantId } from '../../core/context.js';
import { SystemDb } from '../../core/db/system-db.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { AppError, notFound } from '../../core/errors/app-error.js';
import type { GraphContext } from '../../core/graphql/loaders.js';
import { isRefusal, refusal, type Refusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import { hashSecret, newSecret } from '../../core/secrets.js';
import { Audit, TenantsService } from '../tenants/index.js';
import { AccountsRepository } from './accounts.repository.js';
import { AccountsService, atTenant, refuseBadInput, type SignedIn } from './accounts.service.js';
import { INVITATION_DAYS, mayAssign, normalEmail, whyNotEmail } from './staff-member.js';
import { type StaffRow, StaffRepository } from './staff.repository.js';

@Injectable()
export class StaffService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: TenantDb,
    private readonly system: SystemDb,
    private readonly staff: StaffRepository,
    private readonly accounts: AccountsRepository,
    private readonly accountsService: AccountsService,
    private readonly tenants: TenantsService,
    private readonly audit: Audit,
  ) {}

  list = () => this.db.read(() => this.staff.list());
  invitations = () => this.db.read(() => this.staff.invitations());

  /** The signed-in person at this tenant, with every tenant the account works for. */
  async me(who: SignedIn) {
    const row = await atTenant(who.tenantId, () => this.db.read(() => this.staff.byAccount(who.accountId)));
    if (!row) throw notFound('staff');
    const tenantIds = await this.system.read('one account, several merchants', () => this.accounts.tenantIds(who.accountId));
    const tenants = await this.tenants.byIds(tenantIds);
    return {
      __typename: 'Me' as const,
      accountId: who.accountId,
      staffId: row.id,
      name: row.name,
      email: row.email,
      role: row.role,
      permissions: [...rolePermissions[row.role]],
      tenant: tenants.find((t) => t.id === who.tenantId),
      tenants,
    };
  }

  async invite(email: string, role: Role): Promise<{ invitation: object; link: string } | Refusal> {
    const normal = normalEmail(email);
    refuseBadInput(whyNotEmail(normal));
    const secret = newSecret();
    return this.db.write(async () => {
      const me = await this.actingStaff();
      if (!mayAssign(me.role, role)) throw new AppError('forbidden', 'You cannot give a role above your own.');
      if ((await this.staff.list()).some((s) => s.email === normal)) return refusal('already_staff');
      const invitation = await this.staff.insertInvitation({ id: newId(), email: normal, role, hash: hashSecret(secret), invitedBy: me.id, days: INVITATION_DAYS });
      await this.audit.record('staff.invite', { kind: 'invitation', id: invitation.id }, { email: normal, role });
      // The token names its tenant, so that the fence can be up when it is looked for.
      return { __typename: 'NewInvitation' as const, invitation, link: `${this.config.publicUrl}/invitation/${currentTenantId()}.${secret}` };
    });
  }

  async revokeInvitation(id: string): Promise<void> {
    await this.db.write(async () => {
      if ((await this.staff.revokeInvitation(id)) === 0) throw notFound('invitation', id);
      await this.audit.record('staff.revoke_invitation', { kind: 'invitation', id });
    });
  }

  async accept(token: string, name: string, password: string, http: GraphContext): Promise<SignedIn | Refusal> {
    const [tenantId, secret] = token.split('.');
    if (!tenantId || !secret || !/^[0-9a-f-]{36}$/.test(tenantId)) return refusal('invitation_over');
    const hash = hashSecret(secret);
    return atTenant(tenantId, async () => {
      const open = await this.db.read(() => this.staff.openInvitation(hash));
      if (!open) return refusal('invitation_over');
      const account = await this.accountsService.provide({ email: open.email, name, password }, http);
      if (isRefusal(account)) return account;
      const isIn = await this.db.write(async () => {
        if (!(await this.staff.acceptInvitation(hash))) return false;
        const row = { id: newId(), accountId: account.id, name: account.name, email: account.email, role: open.role };
        await this.staff.insert(row);
        await this.audit.record('staff.join', { kind: 'staff', id: row.id }, { email: row.email, role: row.role });
        return true;
      });
      return isIn ? this.accountsService.enter(account.id, tenantId, http) : refusal('invitation_over');
    });
  }

  changeRole(staffId: string, role: Role): Promise<Refusal | undefined> {
    return this.db.write(async () => {
      const [me, target] = [await this.actingStaff(), await this.target(staffId)];
      if (!mayAssign(me.role, role) || !mayAssign(me.role, target.role)) throw new AppError('forbidden', 'You cannot change a role above your own.');
      if (!(await this.staff.setRole(staffId, role))) return refusal('last_owner');
      await this.staff.revokeInvitationsOf(staffId);
      await this.audit.record('staff.change_role', { kind: 'staff', id: staffId }, { from: target.role, to: role });
      return undefined;
    });
  }

  async remove(staffId: string): Promise<Refusal | undefined> {
    const removed = await this.db.write(async () => {
      const [me, target] = [await this.actingStaff(), await this.target(staffId)];
      if (!mayAssign(me.role, target.role)) throw new AppError('forbidden', 'You cannot remove someone above you.');
      if (!(await this.staff.remove(staffId))) return refusal('last_owner');
      await this.staff.revokeInvitationsOf(staffId);
      await this.audit.record('staff.remove', { kind: 'staff', id: staffId }, { email: target.email });
      return target;
    });
    if (isRefusal(removed)) return removed;
    await this.system.write('sessions stand outside the fence', () => this.accounts.deleteSessionsAt(currentTenantId(), removed.accountId));
    return undefined;
  }

  private async target(staffId: string): Promise<StaffRow> {
    const row = await this.staff.byId(staffId);
    if (!row) throw notFound('staff', staffId);
    return row;
  }

  private async actingStaff(): Promise<StaffRow> {
    const { actor } = currentContext();
    const row = actor.id ? await this.staff.byId(actor.id) : undefined;
    if (!row) throw new AppError('forbidden', 'Only a member of staff may do this.');
    return row;
  }
}
