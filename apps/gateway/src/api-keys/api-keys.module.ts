import { Module } from '@nestjs/common';
import { IdempotencyKeys } from '@techze/idempotency';
import { Cursors } from '@techze/paging';
import { ApiKeyCredentials } from './api-key-credentials.js';
import { ApiKeySecrets } from './api-key-secrets.js';
import { ApiKeyUses } from './api-key-uses.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';

/** Keys of machines. Expired idempotency keys are removed by the services that may work across tenants. */
@Module({
  controllers: [ApiKeysController],
  providers: [
    ApiKeysService,
    ApiKeysRepository,
    ApiKeySecrets,
    ApiKeyCredentials,
    ApiKeyUses,
    IdempotencyKeys,
    Cursors,
  ],
  exports: [ApiKeyCredentials],
})
export class ApiKeysModule {}
