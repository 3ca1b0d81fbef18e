import { Module, type DynamicModule } from '@nestjs/common';
import { IdempotencyKeyExpiry } from './idempotency-key-expiry.js';
import { IdempotencyKeys } from './idempotency-keys.js';

/** Provides idempotency keys everywhere and removes the expired ones for as long as the process runs. */
@Module({})
export class IdempotencyModule {
  static forRoot(): DynamicModule {
    return {
      module: IdempotencyModule,
      global: true,
      providers: [IdempotencyKeys, IdempotencyKeyExpiry],
      exports: [IdempotencyKeys],
    };
  }
}
