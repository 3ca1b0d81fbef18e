import { Counter } from 'prom-client';

/** Failures are counted here and never reach a caller. */
export const cacheErrorsTotal = new Counter({
  name: 'cache_errors_total',
  help: 'Cache operations that failed or took too long.',
  labelNames: ['cache'] as const,
});
