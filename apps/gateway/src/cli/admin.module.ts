import { Module, type DynamicModule } from '@nestjs/common';
import { AuditModule } from '@techze/audit';
import { ConfigModule, type LoadedConfig } from '@techze/config';
import { DatabaseModule } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { Mailer } from '@techze/mail';
import { ObservabilityModule, type Logger } from '@techze/observability';
import { Cursors } from '@techze/paging';
import { AccountMails } from '../accounts/account-mails.js';
import { Account } from '../accounts/account.entity.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { Invitations } from '../accounts/invitations.js';
import { OneTimeSecrets } from '../accounts/one-time-secrets.js';
import { OneTimeTokensRepository } from '../accounts/one-time-tokens.repository.js';
import { AuditErasure } from '../audit/audit-erasure.js';
import { OperatorsService } from '../tenants/operators.service.js';
import { TenantRow } from '../tenants/tenant.entity.js';
import { TenantsRepository } from '../tenants/tenants.repository.js';
import { TenantsService } from '../tenants/tenants.service.js';

/** As much of the gateway as the command line needs: the same services on the same database, without Redis and mail. */
@Module({})
export class AdminModule {
  static forRoot(config: LoadedConfig, logger: Logger): DynamicModule {
    return {
      module: AdminModule,
      imports: [
        ConfigModule.forRoot(config),
        ObservabilityModule.forRoot(logger),
        DatabaseModule.forRoot({ role: 'svc_identity', entities: [Account, TenantRow] }),
        AuditModule.forRoot(),
      ],
      providers: [
        OperatorsService,
        TenantsService,
        AuditErasure,
        TenantsRepository,
        AccountsRepository,
        Invitations,
        OneTimeSecrets,
        OneTimeTokensRepository,
        IdempotencyKeys,
        Cursors,
        // Whoever runs a command is there to read its answer: invitations are printed, not mailed.
        { provide: Mailer, useValue: { outgoing: null } },
        { provide: AccountMails, useValue: { wake: () => undefined } },
      ],
    };
  }
}
