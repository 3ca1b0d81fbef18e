import { Counter } from 'prom-client';

export const rateLimitedTotal = new Counter({
  name: 'rate_limited_total',
  help: 'Requests refused by a rate limit: of a class (default, auth, api_heavy, diagnostics), of a source or of an account.',
  labelNames: ['class'] as const,
});
