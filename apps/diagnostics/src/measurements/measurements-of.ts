import { metricName, type Measurement } from '@techze/contracts';
import { metricsOf, type Scoring } from '../scoring/index.js';

/** So many series of one metric a diagnostic may add to: a machine with 10,000 disks is a fault, not a fleet. */
const INSTANCES_PER_METRIC = 64;

/** In the time-series a ratio is 0..1, as its name says; evidence tells people per cents. */
const inUnits = (metric: string, value: number) => (metric.endsWith('_ratio') ? value / 100 : value);

/** The samples of a diagnostic: what scoring could use of its sections, and the score itself. */
export function measurementsOf(scoring: Pick<Scoring, 'score' | 'readings' | 'measurements'>): Measurement[] {
  const counts = new Map<string, number>();
  return metricsOf(scoring).flatMap(({ metric, instance = '', value }) => {
    const count = (counts.get(metric) ?? 0) + 1;
    counts.set(metric, count);
    if (count > INSTANCES_PER_METRIC || !metricName.safeParse(metric).success) return [];
    return [{ metric, instance, value: inUnits(metric, value) }];
  });
}
