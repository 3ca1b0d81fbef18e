import { curves } from './curves.js';
import type { Leaps } from './leaps.js';
import { Filter, Regression, varianceOf, type Filtered, type Fit } from './local-level.js';
import { leapColumns, roundColumns, type Column } from './trend-columns.js';
import type { Usage } from './usage.js';

/** One way to read the past, and how much it is to be believed. */
export interface Trend {
  fit: Fit;
  columns: readonly Column[];
  shape: Shape;
  /** The growth in a step early on and at the last row, by column. */
  before: Float64Array;
  now: Float64Array;
  /** What the level moved by at each row, beyond the columns; empty where it does not move. */
  moves: Float64Array;
  /** All trends of a usage weigh 1 together. */
  weight: number;
}

/** The use grows evenly, ever faster (or slower), or otherwise since some moment. */
export type Shape = 'steady' | 'curved' | 'changed';

/** Variance of the level's random walk in a step against that of the white noise: from none to hardly any noise. */
const walks = [0, 1e-5, 1e-4, 1e-3, 4e-3, 0.016, 0.06, 0.25, 1, 10];
/** How much of the belief goes to each shape before the rows are seen: most disks fill evenly. */
const beliefs: Record<Shape, number> = { steady: 0.5, curved: 0.25, changed: 0.25 };
/** A change is looked for at so many places first, then at as many between the two neighbours of the likeliest. */
const places = 20;
/** None of them is nearer to an end than this share of the rows, or so many. */
const leastShare = 0.04;
const leastRows = 10;
/** Less than this share of the best changes nothing that is told. */
const leastWeight = 1e-4;

interface Reading {
  shape: Shape;
  belief: number;
  columns: readonly Column[];
  regressions: readonly Regression[];
  /** Growth early on and at the last row that a coefficient of 1 of the shape's own column stands for. */
  before: number;
  now: number;
  /** Which column is the shape's own. */
  own: number;
}

/**
 * Every reading of the past that the rows allow, with its weight: taking only the best would hide how unsure the choice
 * between "faster with time" and "changed last week" is, and the two fill the disk weeks apart.
 */
export function trendsOf(usage: Usage, leaps: Leaps): Trend[] {
  const { at, values } = usage;
  const span = at.at(-1)!;
  const filters = walks.map((walk) => new Filter(at, walk));
  const filtered = (column: Column): Filtered[] => {
    const row = at.map(column);
    return filters.map((filter) => filter.apply(row));
  };
  const extend = (regressions: readonly Regression[], columns: readonly Column[]): Regression[] => {
    const rows = columns.map(filtered);
    return regressions.map((regression, q) => regression.with(rows.map((row) => row[q]!)));
  };

  const line: Column = (moment) => moment / span;
  const known = filters.map((filter) => Regression.of(filter, filter.apply(values)));
  let columns = leapColumns(leaps, span);
  let base = extend(known, columns);
  let lined = extend(base, [line]);
  for (const round of roundColumns(usage)) {
    const withRound = extend(lined, round);
    if (bestOf(withRound) > bestOf(lined)) continue;
    columns = [...columns, ...round];
    base = extend(base, round);
    lined = extend(base, [line]);
  }

  const own = columns.length;
  const lineColumns = [...columns, line];
  const readings: Reading[] = [
    { shape: 'steady', belief: 1, columns: lineColumns, regressions: lined, before: 1, now: 1, own },
  ];
  for (const { value, first, last } of curves) {
    const curve: Column = (moment) => value(moment / span);
    const shape = { shape: 'curved', before: first, now: last, own } as const;
    const belief = 1 / curves.length;
    readings.push({ ...shape, belief, columns: [...columns, curve], regressions: extend(base, [curve]) });
  }
  const changedAt = (knot: number, belief: number): Reading => {
    const before: Column = (moment) => Math.min(moment, knot) / span;
    const bend: Column = (moment) => Math.max(0, moment - knot) / span;
    return {
      ...{ shape: 'changed', belief, before: 0, now: 1, own: own + 1 },
      columns: [...columns, before, bend],
      regressions: extend(base, [before, bend]),
    };
  };
  readings.push(...changedReadings(at, changedAt));
  return weighed(readings, span);
}

function bestOf(regressions: readonly Regression[]): number {
  return Math.min(...regressions.map((regression) => regression.fit()?.deviance ?? Infinity));
}

/** A place stands for the rows nearest to it: the fine ones replace the coarse ones that they lie between. */
function changedReadings(at: Float64Array, changedAt: (knot: number, belief: number) => Reading): Reading[] {
  const margin = Math.max(leastRows, Math.ceil(leastShare * at.length));
  const between = at.length - 2 * margin;
  if (between < 1) return [];
  const apart = Math.max(1, between / places);
  const coarse = Array.from({ length: Math.round(between / apart) }, (_, i) => {
    return changedAt(at[margin + Math.floor(i * apart)]!, apart / between);
  });
  if (apart < 2) return coarse;
  const deviances = coarse.map(({ regressions }) => bestOf(regressions));
  const best = deviances.indexOf(Math.min(...deviances));
  const near = coarse.filter((_, i) => Math.abs(i - best) > 1);
  const wide = Math.min(coarse.length - 1, best + 1) - Math.max(0, best - 1) + 1;
  const fine = Math.min(places, Math.floor(wide * apart));
  const first = margin + (Math.max(0, best - 1) - 0.5) * apart;
  for (let i = 0; i < fine; i++) {
    const row = Math.min(at.length - margin, Math.max(margin, Math.round(first + ((i + 0.5) * wide * apart) / fine)));
    near.push(changedAt(at[row]!, (wide * apart) / fine / between));
  }
  return near;
}

function weighed(readings: readonly Reading[], span: number): Trend[] {
  const fitted = readings.flatMap((reading) =>
    reading.regressions.flatMap((regression, q) => {
      const fit = regression.fit();
      return fit
        ? [
            {
              reading,
              regression,
              walk: walks[q]!,
              fit,
              log: Math.log(beliefs[reading.shape] * reading.belief) - fit.deviance / 2,
            },
          ]
        : [];
    }),
  );
  const most = Math.max(...fitted.map(({ log }) => log));
  const likely = fitted.filter(({ log }) => Math.exp(log - most) >= leastWeight);
  const sum = likely.reduce((total, { log }) => total + Math.exp(log - most), 0);
  return likely.map(({ reading, regression, walk, fit, log }) => {
    const growth = (column: number, amount: number): Float64Array =>
      Float64Array.from(reading.columns, (_, i) => (i === column ? amount / span : 0));
    return {
      fit,
      columns: reading.columns,
      shape: reading.shape,
      before: reading.shape === 'changed' ? growth(reading.own - 1, 1) : growth(reading.own, reading.before),
      now: growth(reading.own, reading.now),
      moves: walk > 0 ? regression.moves(fit) : new Float64Array(0),
      weight: Math.exp(log - most) / sum,
    };
  });
}

/** Growth in a step at the last row, and its spread. */
export function growthOf({ fit, now }: Trend): { growth: number; spread: number } {
  const growth = now.reduce((sum, weight, i) => sum + weight * fit.coefficients[i]!, 0);
  return { growth, spread: Math.sqrt(varianceOf(fit, now)) };
}
