import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/index.js';
import { AccountsRepository } from './accounts.repository.js';
import { AccountsService } from './accounts.service.js';
import { Passwords } from './passwords.service.js';
import { SessionsService } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.service.js';
import { StaffRepository } from './staff.repository.js';
import { StaffResolver } from './staff.resolver.js';
import { StaffService } from './staff.service.js';

@Module({
  imports: [TenantsModule],
  providers: [AccountsRepository, AccountsService, Passwords, SessionsService, SignInThrottle, StaffRepository, StaffService, StaffResolver],
})
export class StaffModule {}
