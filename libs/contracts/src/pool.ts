import { z } from 'zod';
import { poolHealthExample, poolMetricsExample, poolStatsExample } from './pool.example.js';
import { services } from './services.js';

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

export const BreakerState = z.enum(['closed', 'open', 'half_open']);
export type BreakerState = z.infer<typeof BreakerState>;

/** Null where nothing was measured. */
const Quantiles = z.object({
  p50: milliseconds.nullable(),
  p95: milliseconds.nullable(),
  p99: milliseconds.nullable(),
});

const Histogram = z.object({
  count,
  sum_ms: milliseconds,
  buckets: z
    .array(z.object({ le_ms: milliseconds.nullable().describe('At most this long; null: any time.'), count }))
    .describe('Each counts also what the ones before it count.'),
});

/** What one process counted of one node since it started. */
export const NodeTotals = z
  .object({
    statements: z
      .object({ ok: count, error: count, timeout: count, lost: count })
      .describe('By outcome. `error` is the statement’s own fault: the node answered.'),
    acquires: z
      .object({ ok: count, timeout: count, full: count, unavailable: count })
      .describe('Connections asked for: had, none free in time, too many waiting, none to be made.'),
    waits: count.describe('How often somebody waited for a connection and got it.'),
    waited_ms: milliseconds.describe('How long altogether.'),
    connects: z.object({ ok: count, failed: count }),
    retries: count.describe('Reads that failed here and were begun anew, here or elsewhere.'),
    failovers: count.describe('Those of them that went elsewhere.'),
    leaks: count.describe('Connections that were not given back in time.'),
  })
  .meta({ id: 'NodeTotals', example: poolStatsExample.processes[0].nodes[0].totals });
export type NodeTotals = z.infer<typeof NodeTotals>;

const NodeHistograms = z.object({ acquire: Histogram, connect: Histogram, query: Histogram });

/** What one process measured of one node. Rates and quantiles are those of the last minute. */
const measured = {
  latency_ms: Quantiles.describe('Of statements.'),
  error_rate: z
    .number()
    .min(0)
    .max(1)
    .describe('Share of statements and connection attempts that the node failed; a statement’s own faults are not.'),
  throughput: z.number().nonnegative().describe('Statements per second.'),
};
export const NodeMeasurements = z.object({ ...measured, totals: NodeTotals, histograms: NodeHistograms });
export type NodeMeasurements = z.infer<typeof NodeMeasurements>;

const seen = {
  id: z.string(),
  is_primary: z.boolean().describe('Proven by the node itself, whatever the configuration says.'),
  breaker: BreakerState,
  lag_ms: milliseconds.nullable().describe('Behind the primary; null for the primary, and when unknown.'),
};
const connections = {
  active: count,
  idle: count,
  waiting: count.describe('Callers that wait for a connection.'),
  max: count,
};
const lagBytes = z.number().nonnegative().nullable();

/** One node as one process sees it now. */
export const NodeView = NodeMeasurements.extend({
  ...seen,
  ...connections,
  host: z.string(),
  port: z.number().int(),
  configured_primary: z.boolean(),
  reachable: z.boolean(),
  last_error: z.string().nullable(),
  weight: z.number().nonnegative(),
  weight_now: z.number().nonnegative(),
  lag_bytes: lagBytes,
});
export type NodeView = z.infer<typeof NodeView>;

/** The whole pool of one process. */
export const PoolView = z.object({ strategy: z.string(), nodes: z.array(NodeView) });
export type PoolView = z.infer<typeof PoolView>;

const Process = z.object({
  service: z.enum(services),
  instance: z.string().describe('Name of this process among all of the suite; another one after a restart.'),
});

/** What every process says of its pool again and again, for the gateways to read. */
export const PoolReport = PoolView.extend({ ...Process.shape, started_at: z.iso.datetime() });
export type PoolReport = z.infer<typeof PoolReport>;

/** GET /api/v3/pool/metrics. */
export const PoolMetrics = z
  .object({
    collected_at: z.iso.datetime(),
    processes: z.array(
      Process.extend({ nodes: z.array(z.object({ ...seen, ...connections, ...measured, lag_bytes: lagBytes })) }),
    ),
  })
  .meta({ id: 'PoolMetrics', example: poolMetricsExample });
export type PoolMetrics = z.infer<typeof PoolMetrics>;

/** GET /api/v3/pool/health. */
export const PoolHealth = z
  .object({
    status: z
      .enum(['healthy', 'degraded', 'unhealthy'])
      .describe(
        'unhealthy (503): no process finds a node that serves reads, or none finds the primary. degraded: some process does not reach some node, or rests it, or misses the primary.',
      ),
    nodes: z.array(
      z.object({
        ...seen,
        is_primary: z.boolean().describe('Some process that reaches it holds it for the primary.'),
        reachable: z.boolean().describe('Some process reaches it.'),
        breaker: BreakerState.describe('The worst that any process has: open, then half_open, then closed.'),
        lag_ms: milliseconds.nullable().describe('The longest that any process sees; null for the primary.'),
        weight_now: z
          .number()
          .nonnegative()
          .describe('Its weight in the mean of all processes: less while breakers recover, 0 where it is not used.'),
        processes: count.describe('Live processes that reported it.'),
        host: z.string().optional().describe('Operators only.'),
        port: z.number().int().optional().describe('Operators only.'),
        last_error: z.string().nullable().optional().describe('Operators only.'),
      }),
    ),
  })
  .meta({ id: 'PoolHealth', example: poolHealthExample });
export type PoolHealth = z.infer<typeof PoolHealth>;

/** GET /api/v3/pool/stats. */
export const PoolStats = z
  .object({
    collected_at: z.iso.datetime(),
    processes: z.array(
      Process.extend({
        started_at: z.iso.datetime(),
        strategy: z.string().describe('The one in force in this process.'),
        nodes: z.array(z.object({ id: z.string(), totals: NodeTotals, histograms: NodeHistograms })),
      }),
    ),
  })
  .meta({ id: 'PoolStats', example: poolStatsExample });
export type PoolStats = z.infer<typeof PoolStats>;

/** POST /api/v3/pool/nodes/{node_id}/reset: what was asked of whom. */
export const BreakerReset = z
  .object({ node_id: z.string() })
  .meta({ id: 'BreakerReset', example: { node_id: 'replica_1' } });
export type BreakerReset = z.infer<typeof BreakerReset>;

/** A reset has no settings. */
export const ResetBreaker = z.strictObject({}).optional().meta({ id: 'ResetBreaker', example: {} });
export type ResetBreaker = z.infer<typeof ResetBreaker>;

/** Every process hears it and closes its breaker of that node; the message is a BreakerReset. */
export const BREAKER_RESET_TOPIC = 'pool.breaker-reset';
