import { Counter, Gauge, Histogram } from 'prom-client';

/** Seconds; dense where requests of this suite live, up to the default deadline. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];

/** The documentation's metric names (api.md, "Health and operations"). Routes are templates; tenants are never a label. */
export const httpRequestsTotal = new Counter({
  name: 'http_requests_total',
  help: 'HTTP requests answered.',
  labelNames: ['method', 'route', 'status'] as const,
});
export const httpRequestDuration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the first byte of a request to the end of its answer.',
  labelNames: ['method', 'route'] as const,
  buckets: REQUEST_SECONDS,
});
export const httpRequestsInProgress = new Gauge({
  name: 'http_requests_in_progress',
  help: 'HTTP requests under way.',
});

export const cacheHitsTotal = new Counter({
  name: 'cache_hits_total',
  help: 'Answers found in the cache.',
  labelNames: ['cache'] as const,
});
export const cacheMissesTotal = new Counter({
  name: 'cache_misses_total',
  help: 'Answers not found in the cache, or not readable there.',
  labelNames: ['cache'] as const,
});
export const cacheOperationsDuration = new Histogram({
  name: 'cache_operations_duration_seconds',
  help: 'Time of one cache operation.',
  labelNames: ['cache'] as const,
  buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
});
