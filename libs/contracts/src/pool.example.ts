const INSTANCE = 'techze-gateway-7d9c5-1-4f2a9c31';

const nodes = [
  {
    id: 'primary',
    is_primary: true,
    breaker: 'closed',
    active: 2,
    idle: 5,
    waiting: 0,
    max: 20,
    latency_ms: { p50: 0.61, p95: 1.9, p99: 4.2 },
    error_rate: 0,
    throughput: 41.3,
    lag_bytes: null,
    lag_ms: null,
  },
  {
    id: 'replica_1',
    is_primary: false,
    breaker: 'half_open',
    active: 0,
    idle: 2,
    waiting: 0,
    max: 20,
    latency_ms: { p50: 0.55, p95: 1.4, p99: 3.8 },
    error_rate: 0.02,
    throughput: 9.8,
    lag_bytes: 8192,
    lag_ms: 12,
  },
] as const;

export const poolMetricsExample = {
  collected_at: '2026-11-22T08:00:00.000Z',
  processes: [{ service: 'gateway', instance: INSTANCE, nodes }],
} as const;

export const poolHealthExample = {
  status: 'degraded',
  nodes: [
    {
      id: 'primary',
      is_primary: true,
      reachable: true,
      breaker: 'closed',
      lag_ms: null,
      weight_now: 1,
      processes: 5,
    },
    {
      id: 'replica_1',
      is_primary: false,
      reachable: true,
      breaker: 'half_open',
      lag_ms: 12,
      weight_now: 0.1,
      processes: 5,
    },
  ],
} as const;

const histogram = {
  count: 4211,
  sum_ms: 2864.1,
  buckets: [
    { le_ms: 1, count: 3907 },
    { le_ms: null, count: 4211 },
  ],
} as const;

export const poolStatsExample = {
  collected_at: '2026-11-22T08:00:00.000Z',
  processes: [
    {
      service: 'gateway',
      instance: INSTANCE,
      started_at: '2026-11-22T07:10:00.000Z',
      strategy: 'weighted_round_robin',
      nodes: [
        {
          id: 'primary',
          totals: {
            statements: { ok: 4201, error: 9, timeout: 1, lost: 0 },
            acquires: { ok: 812, timeout: 0, full: 0, unavailable: 0 },
            waits: 3,
            waited_ms: 41.7,
            connects: { ok: 7, failed: 0 },
            retries: 0,
            failovers: 0,
            leaks: 0,
          },
          histograms: { acquire: histogram, connect: histogram, query: histogram },
        },
      ],
    },
  ],
} as const;
