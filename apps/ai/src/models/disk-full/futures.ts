import { Random } from './random.js';
import type { Column } from './trend-columns.js';
import type { Trend } from './trends.js';

/** So many futures are drawn: the 10 % quantile of 400 is itself known within 1.5 %. */
const draws = 400;
/** Moves of the level are drawn in runs of so many rows, so that a burst stays a burst (block bootstrap). */
const blockRows = 24;
/** Step by step at first, then every quarter of a percent: a moment that is 40 days off need not be known to the hour. */
const gridShare = 400;

/** That it is never full. Named once: the loops over all futures ask for it, and a global is slow to look up. */
const never = Infinity;

/** Moments to come, in steps after the last row, up to `most`. */
export function gridUpTo(most: number): Float64Array {
  const grid: number[] = [];
  for (let step = 1; step <= most; step += Math.max(1, Math.floor(step / gridShare))) grid.push(step);
  return Float64Array.from(grid);
}

export interface Futures {
  /** For each future, steps until it reaches the capacity; Infinity where it does not. Ascending. */
  full: Float64Array;
  /** At each of the asked moments, the use in each future. */
  at: Float64Array[];
}

/**
 * Futures of a disk: each of them takes one reading of the past by its weight, coefficients and level as unsure as they
 * are, and goes on with blocks of the moves the level made. The random numbers do not depend on the capacity, therefore
 * a larger disk is never full sooner.
 */
export function futuresOf(
  trends: readonly Trend[],
  now: number,
  capacity: number,
  grid: Float64Array,
  moments: readonly number[],
): Futures {
  const ahead = new Map<Column, Float64Array>();
  const columnAhead = (column: Column): Float64Array => {
    let values = ahead.get(column);
    if (!values) ahead.set(column, (values = grid.map((step) => column(now + step))));
    return values;
  };
  const full = new Float64Array(draws);
  const at = moments.map(() => new Float64Array(draws));
  let taken = 0;
  let below = trends[0]!.weight;
  for (let draw = 0; draw < draws; draw++) {
    while ((draw + 0.5) / draws > below && taken < trends.length - 1) below += trends[++taken]!.weight;
    const trend = trends[taken]!;
    const columns = trend.columns.map(columnAhead);
    full[draw] = one(trend, columns, capacity, grid, moments, new Random(draw + 1), (i, value) => {
      at[i]![draw] = value;
    });
  }
  return { full: full.sort(), at: at.map((values) => values.sort()) };
}

function one(
  { fit, moves }: Trend,
  columns: readonly Float64Array[],
  capacity: number,
  grid: Float64Array,
  moments: readonly number[],
  random: Random,
  keep: (moment: number, value: number) => void,
): number {
  const p = columns.length;
  const normals = Float64Array.from({ length: p }, () => random.normal());
  const coefficients = fit.coefficients.map((coefficient, a) => {
    let sum = coefficient;
    for (let k = a; k < p; k++) sum += fit.spread[k * p + a]! * normals[k]!;
    return sum;
  });
  let level = fit.level + fit.levelSpread * random.normal();
  for (let a = 0; a < p; a++) level -= coefficients[a]! * fit.columnLevels[a]!;
  let moment = 0;
  let full = never;
  let block = 0;
  let left = 0;
  for (let i = 0; i < grid.length; i++) {
    const step = grid[i]!;
    if (moves.length > 0) {
      for (let passed = i === 0 ? 0 : grid[i - 1]!; passed < step; passed++) {
        if (left === 0) {
          block = Math.floor(random.next() * moves.length);
          left = blockRows;
        }
        level += moves[block]!;
        block = (block + 1) % moves.length;
        left--;
      }
    }
    let value = level + fit.noise * random.normal();
    for (let a = 0; a < p; a++) value += coefficients[a]! * columns[a]![i]!;
    if (full === never && value >= capacity) full = step;
    // A full disk stays as full as it can be: what would be written no longer is.
    while (moment < moments.length && moments[moment]! <= step) {
      keep(moment++, full === never ? Math.max(0, value) : capacity);
    }
    if (full !== never) {
      while (moment < moments.length) keep(moment++, capacity);
      return full;
    }
  }
  return full;
}
