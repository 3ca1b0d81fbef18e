/** What of a metric is judged, and how much of it is nothing. */
export interface WatchedMetric {
  /** `increase`: a counter, by how much it grew since the sample before; where it fell it began anew. */
  readonly reading: 'value' | 'increase';
  /**
   * The least difference that anybody would look at, in the metric's unit. A series that always was 43.1 % and is 43.2 % now
   * is a record, and nothing.
   */
  readonly grain: number;
  /** Judged once a day against its own last month and against its peers: what creeps, or was wrong from the start. */
  readonly slow: boolean;
}

const value = (grain: number, slow = false): WatchedMetric => ({ reading: 'value', grain, slow });
const increase = (grain: number): WatchedMetric => ({ reading: 'increase', grain, slow: false });

/**
 * Left out: what says the same as another (`disk.used_bytes`), and what is new with every sample because it only grows
 * (`boot.uptime_seconds`, `battery.cycles`). How a disk fills and a battery wears have models of their own: no drift of those.
 */
const metrics = new Map<string, WatchedMetric>([
  ['health.score', value(5)],
  ['cpu.load', value(10)],
  ['cpu.temperature', value(5, true)],
  ['memory.used_ratio', value(0.05, true)],
  ['swap.used_ratio', value(0.05, true)],
  ['disk.used_ratio', value(0.02)],
  ['disk.temperature', value(5, true)],
  ['battery.health', value(2)],
  ['net.latency_ms', value(10, true)],
  ['net.rx_errors', increase(10)],
]);
/** Those that diagnostics measure count faults: one more is news. */
const SMART = increase(1);

/** Undefined: the metric is not watched. */
export function watchedMetric(metric: string): WatchedMetric | undefined {
  return metrics.get(metric) ?? (metric.startsWith('smart.') ? SMART : undefined);
}

export const slowMetrics: readonly string[] = [...metrics].filter(([, { slow }]) => slow).map(([name]) => name);
