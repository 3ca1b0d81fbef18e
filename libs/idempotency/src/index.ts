export { IdempotencyKeys, type IdempotencyScope, type Outcome } from './idempotency-keys.js';
export { IdempotencyModule } from './idempotency.module.js';
