import type { BreakerState, NodeView, PoolHealth, PoolMetrics, PoolReport, PoolStats } from '@techze/contracts';

/** Worst first. */
const BREAKERS: readonly BreakerState[] = ['open', 'half_open', 'closed'];

type Node = PoolHealth['nodes'][number];

/** What each process measured in the last minute. */
export function poolMetrics(reports: readonly PoolReport[], now: Date): PoolMetrics {
  return {
    collected_at: now.toISOString(),
    processes: reports.map(({ service, instance, nodes }) => ({
      service,
      instance,
      nodes: nodes.map((node) => ({
        id: node.id,
        is_primary: node.is_primary,
        active: node.active,
        idle: node.idle,
        waiting: node.waiting,
        max: node.max,
        latency_ms: node.latency_ms,
        error_rate: node.error_rate,
        throughput: node.throughput,
        breaker: node.breaker,
        lag_bytes: node.lag_bytes,
        lag_ms: node.lag_ms,
      })),
    })),
  };
}

/** What each process counted since it started. */
export function poolStats(reports: readonly PoolReport[], now: Date): PoolStats {
  return {
    collected_at: now.toISOString(),
    processes: reports.map(({ service, instance, started_at, strategy, nodes }) => ({
      service,
      instance,
      started_at,
      strategy,
      nodes: nodes.map(({ id, totals, histograms }) => ({ id, totals, histograms })),
    })),
  };
}

/**
 * One judgement out of many views. One process that is cut off does not make the pool unhealthy, only degraded: its own
 * `/ready` takes it out of traffic.
 * @param detailed with host and last error, for those who run the installation
 */
export function poolHealth(reports: readonly PoolReport[], { detailed }: { detailed: boolean }): PoolHealth {
  const views = reports.flatMap(({ nodes }) => nodes);
  const nodes = [...new Set(views.map(({ id }) => id))]
    .map((id) => views.filter((view) => view.id === id))
    .map((ofNode) => ({ ...merged(ofNode), ...(detailed && details(ofNode)) }));
  return { status: statusOf(reports, nodes), nodes: nodes.sort(primaryFirst) };
}

function statusOf(reports: readonly PoolReport[], nodes: readonly Node[]): PoolHealth['status'] {
  const serves = nodes.some(({ reachable }) => reachable) && nodes.some(({ is_primary }) => is_primary);
  if (!serves) return 'unhealthy';
  const well = reports.every(
    ({ nodes: seen }) =>
      seen.every(({ reachable, breaker }) => reachable && breaker === 'closed') && seen.some(isReachedPrimary),
  );
  return well ? 'healthy' : 'degraded';
}

function merged(views: readonly NodeView[]): Node {
  const is_primary = views.some(isReachedPrimary);
  const lags = views.flatMap(({ lag_ms }) => lag_ms ?? []);
  return {
    id: views[0]?.id ?? '',
    is_primary,
    reachable: views.some(({ reachable }) => reachable),
    breaker: BREAKERS.find((state) => views.some(({ breaker }) => breaker === state)) ?? 'closed',
    lag_ms: is_primary || lags.length === 0 ? null : Math.max(...lags),
    weight_now: views.reduce((sum, { weight_now }) => sum + weight_now, 0) / views.length,
    processes: views.length,
  };
}

function details(views: readonly NodeView[]): Pick<Node, 'host' | 'port' | 'last_error'> {
  const [first] = views;
  // One that cannot reach the node knows best what is wrong with it.
  const troubled = views.find(({ reachable, last_error }) => !reachable && last_error !== null);
  const last_error = troubled?.last_error ?? views.find((view) => view.last_error !== null)?.last_error ?? null;
  return { host: first?.host, port: first?.port, last_error };
}

function isReachedPrimary({ is_primary, reachable }: NodeView): boolean {
  return is_primary && reachable;
}

function primaryFirst(left: Node, right: Node): number {
  return Number(right.is_primary) - Number(left.is_primary) || left.id.localeCompare(right.id);
}
