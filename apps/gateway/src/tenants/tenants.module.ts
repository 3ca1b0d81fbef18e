import { Module } from '@nestjs/common';
import { IdempotencyKeys } from '@techze/idempotency';
import { Cursors } from '@techze/paging';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { TenantsController } from './tenants.controller.js';
import { TenantsRepository } from './tenants.repository.js';
import { TenantsService } from './tenants.service.js';

/** Whose the installation is. */
@Module({
  imports: [AccountsModule],
  controllers: [TenantsController],
  providers: [TenantsService, TenantsRepository, AccountsRepository, IdempotencyKeys, Cursors],
})
export class TenantsModule {}
