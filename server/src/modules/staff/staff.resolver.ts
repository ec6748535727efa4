import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Role } from '@huiliu/shared';
import { currentContext } from '../../core/context.js';
import { Can, Public, Staff } from '../../core/graphql/doors.js';
import type { GraphContext } from '../../core/graphql/loaders.js';
import { done, isRefusal, type Refusal } from '../../core/graphql/refusal.js';
import { AccountsService, type SignedIn, type SignUpInput } from './accounts.service.js';
import { SessionsService } from './sessions.service.js';
import { StaffService } from './staff.service.js';

@Resolver()
export class StaffResolver {
  constructor(
    private readonly staff: StaffService,
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
  ) {}

  @Query()
  @Public()
  me() {
    const { actor, tenantId } = currentContext();
    return actor.kind === 'staff' && actor.accountId && tenantId ? this.staff.me({ accountId: actor.accountId, tenantId }) : null;
  }

  @Query('staff')
  @Can('staff.read')
  list() {
    return this.staff.list();
  }

  @Query()
  @Can('staff.read')
  invitations() {
    return this.staff.invitations();
  }

  @Mutation()
  @Public()
  async signUp(@Args('input') input: SignUpInput, @Context() http: GraphContext) {
    return this.answer(await this.accounts.signUp(input, http));
  }

  @Mutation()
  @Public()
  async signIn(@Args('email') email: string, @Args('password') password: string, @Context() http: GraphContext) {
    return this.answer(await this.accounts.signIn(email, password, http));
  }

  @Mutation()
  @Public()
  async signOut(@Context() http: GraphContext) {
    await this.sessions.close(http);
    return done;
  }

  @Mutation()
  @Staff()
  async signOutEverywhere(@Context() http: GraphContext) {
    await this.accounts.signOutEverywhere(http);
    return done;
  }

  @Mutation()
  @Staff()
  async changePassword(@Args('current') current: string, @Args('next') next: string, @Context() http: GraphContext) {
    return (await this.accounts.changePassword(current, next, http)) ?? done;
  }

  @Mutation()
  @Staff()
  async switchTenant(@Args('tenantId') tenantId: string, @Context() http: GraphContext) {
    return this.answer(await this.accounts.switchTenant(tenantId, http));
  }

  @Mutation()
  @Can('staff.manage')
  inviteStaff(@Args('email') email: string, @Args('role') role: Role) {
    return this.staff.invite(email, role);
  }

  @Mutation()
  @Can('staff.manage')
  async revokeInvitation(@Args('id') id: string) {
    await this.staff.revokeInvitation(id);
    return done;
  }

  @Mutation()
  @Public()
  async acceptInvitation(@Args('token') token: string, @Args('name') name: string, @Args('password') password: string, @Context() http: GraphContext) {
    return this.answer(await this.staff.accept(token, name, password, http));
  }

  @Mutation()
  @Can('staff.manage')
  async changeRole(@Args('staffId') staffId: string, @Args('role') role: Role) {
    return (await this.staff.changeRole(staffId, role)) ?? done;
  }

  @Mutation()
  @Can('staff.manage')
  async removeStaff(@Args('staffId') staffId: string) {
    return (await this.staff.remove(staffId)) ?? done;
  }

  private answer(result: SignedIn | Refusal) {
    return isRefusal(result) ? result : this.staff.me(result);
  }
}
