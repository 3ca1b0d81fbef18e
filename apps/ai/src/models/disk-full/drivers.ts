import type { Teeth } from './leaps.js';
import type { DiskFullDriver } from './prediction.js';
import { growthOf, type Trend } from './trends.js';
import type { Usage } from './usage.js';

const dayMs = 24 * 3_600_000;
const monthMs = 30 * dayMs;

/**
 * What fills the disk until `steps` after the last row: growth as it has been from the start, what it changed by since,
 * and what stands until the next cleanup, each with its share. Without `steps`, the growth alone.
 */
export function driversOf(
  trends: readonly Trend[],
  teeth: Teeth | null,
  usage: Usage,
  steps: number | null,
): DiskFullDriver[] {
  const mean = (of: (trend: Trend) => number): number =>
    trends.reduce((sum, trend) => sum + trend.weight * of(trend), 0);
  const now = usage.at.at(-1)!;
  const perDay = dayMs / usage.stepMs;
  const growth = mean((trend) => growthOf(trend).growth);
  const before = mean(({ before, fit }) => before.reduce((sum, weight, i) => sum + weight * fit.coefficients[i]!, 0));
  const until = (trend: Trend, isWanted: (column: number) => boolean): number =>
    trend.columns.reduce((sum, column, i) => {
      return isWanted(i) ? sum + trend.fit.coefficients[i]! * (column(now + steps!) - column(now)) : sum;
    }, 0);
  const ofTrend = ({ before, now }: Trend, i: number): boolean => before[i] !== 0 || now[i] !== 0;

  const steady = { attribute: 'growth_per_day', value: growth * perDay, delta_30d: changeIn(usage, monthMs) } as const;
  if (steps === null) return [{ ...steady, contribution: 1 }];
  const all = mean((trend) => until(trend, (i) => ofTrend(trend, i)));
  const drivers: { driver: Omit<DiskFullDriver, 'contribution'>; part: number }[] = [
    { driver: steady, part: before * steps },
    {
      driver: { attribute: 'growth_change_per_day', value: (growth - before) * perDay, delta_30d: null },
      part: all - before * steps,
    },
  ];
  if (teeth) {
    // Their column is the first (trend-columns.ts).
    const size = mean(
      ({ fit, columns }) => fit.coefficients[0]! * columns[0]!(teeth.at.at(-1)! + teeth.period * (1 - 1e-9)),
    );
    drivers.push({
      driver: { attribute: 'freed_by_cleanup', value: size, delta_30d: null },
      part: mean((trend) => until(trend, (i) => i === 0)),
    });
  }
  const sum = drivers.reduce((total, { part }) => total + Math.max(0, part), 0);
  if (!(sum > 0)) return [{ ...steady, contribution: 1 }];
  return drivers
    .filter(({ part }) => part > leastShare * sum)
    .map(({ driver, part }) => ({ ...driver, contribution: part / sum }))
    .sort((a, b) => b.contribution - a.contribution);
}

/** Less than this is not worth a line. */
const leastShare = 0.01;

/** What the use changed by in the last so many milliseconds, or since the first row. */
function changeIn({ at, values, stepMs }: Usage, ms: number): number {
  const from = at.findIndex((moment) => moment >= at.at(-1)! - ms / stepMs);
  return values.at(-1)! - values[from]!;
}
