import type { Cleanups } from './cleanups.js';
import { Filter, fitOf, varianceOf, type Fit } from './local-level.js';
import { cleanupColumns, weekColumns, type Column } from './trend-columns.js';
import type { Usage } from './usage.js';

/** One way to read the past, and how much it is to be believed. */
export interface Trend {
  fit: Fit;
  columns: readonly Column[];
  /** Steady, faster with time, or changed at `knot` (a share of the span). */
  shape: 'steady' | 'curved' | 'changed';
  /** What the growth at the first and at the last row is made of, by column. */
  before: Float64Array;
  now: Float64Array;
  /** The variance of the level's own walk in a step. */
  walk: number;
  /** All trends of a usage weigh 1 together. */
  weight: number;
}

/** Variance of the random walk in a step against that of the white noise: from none to hardly any noise. */
const walks = [0, 1e-5, 1e-4, 1e-3, 4e-3, 0.016, 0.06, 0.25, 1, 10];
/** How much of the belief goes to each shape before the rows are seen: most disks fill steadily. */
const beliefs = { steady: 0.5, curved: 0.25, changed: 0.25 };
/** A change is looked for at so many places, none of them nearer to an end than this share of the rows or so many. */
const places = 40;
const leastShare = 0.04;
const leastRows = 10;

/**
 * Every reading of the past that the rows allow, with its weight: taking only the best would hide how unsure the choice
 * between "faster with time" and "changed last week" is, and the two fill the disk weeks apart.
 */
export function trendsOf(usage: Usage, cleanups: Cleanups): Trend[] {
  const { at, values } = usage;
  const span = at.at(-1)!;
  const line: Column = (moment) => moment / span;
  const fixed = [line, ...cleanupColumns(cleanups, span)];
  const filters = walks.map((walk) => new Filter(at, walk));
  const filteredValues = filters.map((filter) => filter.apply(values));
  const filteredBy = (columns: readonly Column[]): ReturnType<Filter['apply']>[][] => {
    const rows = columns.map((column) => at.map(column));
    return filters.map((filter) => rows.map((row) => filter.apply(row)));
  };
  const best = (filtered: readonly ReturnType<Filter['apply']>[][]): number =>
    Math.min(...filters.map((filter, q) => fitOf(filter, filteredValues[q]!, filtered[q]!)?.deviance ?? Infinity));

  let columns = fixed;
  let filtered = filteredBy(fixed);
  const week = weekColumns(usage);
  if (week.length > 0) {
    const filteredWeek = filteredBy(week);
    const both = filtered.map((own, q) => [...own, ...filteredWeek[q]!]);
    if (best(both) < best(filtered)) {
      columns = [...fixed, ...week];
      filtered = both;
    }
  }

  const trends: Trend[] = [];
  const add = (shape: Trend['shape'], belief: number, extra: Column | null, before: number, now: number): void => {
    const own = extra ? [...columns, extra] : columns;
    const filteredExtra = extra ? filteredBy([extra]) : null;
    filters.forEach((filter, q) => {
      const all = filteredExtra ? [...filtered[q]!, filteredExtra[q]![0]!] : filtered[q]!;
      const fit = fitOf(filter, filteredValues[q]!, all);
      if (!fit) return;
      const growth = (ofExtra: number): Float64Array =>
        Float64Array.from(own, (_, i) => (i === 0 ? 1 : extra && i === own.length - 1 ? ofExtra : 0) / span);
      const walk = filter.walk * fit.noise ** 2;
      const weight = Math.log(belief) - fit.deviance / 2;
      trends.push({ fit, columns: own, shape, before: growth(before), now: growth(now), walk, weight });
    });
  };
  add('steady', beliefs.steady, null, 0, 0);
  add('curved', beliefs.curved, (moment) => (moment / span) ** 2, 0, 2);
  const knots = knotsOf(at);
  for (const knot of knots) {
    add('changed', beliefs.changed / knots.length, (moment) => Math.max(0, moment - knot) / span, 0, 1);
  }
  return weighed(trends);
}

function knotsOf(at: Float64Array): number[] {
  const n = at.length;
  const margin = Math.max(leastRows, Math.ceil(leastShare * n));
  const between = n - 2 * margin;
  if (between < 1) return [];
  const count = Math.min(places, between);
  return Array.from({ length: count }, (_, i) => at[margin + Math.floor((i * between) / count)]!);
}

/** Less than this share of the best changes nothing that is told. */
const leastWeight = 1e-4;

function weighed(trends: Trend[]): Trend[] {
  const most = Math.max(...trends.map(({ weight }) => weight));
  const likely = trends
    .map((trend) => ({ ...trend, weight: Math.exp(trend.weight - most) }))
    .filter(({ weight }) => weight >= leastWeight);
  const sum = likely.reduce((total, { weight }) => total + weight, 0);
  return likely.map((trend) => ({ ...trend, weight: trend.weight / sum }));
}

/** Growth in a step at the last row, and its spread. */
export function growthOf({ fit, now }: Trend): { growth: number; spread: number } {
  const growth = now.reduce((sum, weight, i) => sum + weight * fit.coefficients[i]!, 0);
  return { growth, spread: Math.sqrt(varianceOf(fit, now)) };
}
