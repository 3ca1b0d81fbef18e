import { Module } from '@nestjs/common';
import { IdempotencyKeys } from '@techze/idempotency';
import { MailModule } from '@techze/mail';
import { Cursors } from '@techze/paging';
import { IdentityModule } from '../auth/identity.module.js';
import { GatewayLimitsModule } from '../limits/gateway-limits.module.js';
import { AccountMails } from './account-mails.js';
import { AccountsRepository } from './accounts.repository.js';
import { DueMailsRepository } from './due-mails.repository.js';
import { Invitations } from './invitations.js';
import { OneTimeSecrets } from './one-time-secrets.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { OwnPasswordController } from './own-password.controller.js';
import { PasswordChange } from './password-change.service.js';
import { PasswordResetRequestsRepository } from './password-reset-requests.repository.js';
import { PasswordResets } from './password-resets.service.js';
import { TokenRedemption } from './token-redemption.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

/** People's accounts: who has one, how they get in for the first time, and how they choose another password. */
@Module({
  imports: [IdentityModule, GatewayLimitsModule, MailModule],
  controllers: [UsersController, OwnPasswordController],
  providers: [
    UsersService,
    AccountsRepository,
    Invitations,
    OneTimeSecrets,
    OneTimeTokensRepository,
    DueMailsRepository,
    AccountMails,
    PasswordChange,
    PasswordResets,
    PasswordResetRequestsRepository,
    TokenRedemption,
    Cursors,
    IdempotencyKeys,
  ],
  exports: [Invitations, AccountMails],
})
export class AccountsModule {}
