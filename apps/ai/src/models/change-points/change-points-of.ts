import type { Series } from '../series/series.js';
import type { ChangePoint } from './change-point.js';
import { Fits } from './fit.js';
import { noiseOf } from './noise.js';
import { partition, type Prices } from './partition.js';
import { prepared } from './prepared.js';
import { SPREAD_SHORTEST, spreadChanges } from './spread.js';

/** Rows of the shortest part; of a short series a sixth. */
const SHORTEST = 5;
/** A change must explain so many times the noise, times the logarithm of the rows (BIC has 3, for noise that is white and normal). */
const NOISES = 12;
/** And this share of the series' variance: what is less stands out of no picture of it. */
const SHARE = 0.015;
/** A line in place of a level is worth this many changes: it saves many, or it is not there. */
const LINE = 1.5;

/** Where a series changes for good, in order; none for noise. */
export function changePointsOf({ at, values }: Pick<Series, 'at' | 'values'>): ChangePoint[] {
  const known = [...values.keys()].filter((i) => Number.isFinite(values[i]!));
  const n = known.length;
  const shortest = Math.min(SHORTEST, Math.floor(n / 6));
  if (shortest < 2) return [];
  const ready = prepared(
    Float64Array.from(known, (i) => values[i]!),
    shortest,
  );
  if (!ready) return [];
  const { rows, isSeasonal } = ready;
  const change = Math.max(NOISES * Math.log(n) * noiseOf(rows), SHARE * n);
  const prices: Prices = { change, line: LINE * change, shortest };
  const fits = new Fits(rows);
  const cuts = partition(fits, n, prices);
  const changes = cuts.map((cut, k) => ({ cut, ...judged(fits, cuts[k - 1] ?? 0, cut, cuts[k + 1] ?? n, prices) }));
  // The scatter beneath a season mostly turns with it.
  if (!isSeasonal) changes.push(...spreadChangesBetween(rows, fits, cuts, prices));
  return changes
    .sort((a, b) => a.cut - b.cut)
    .map(({ cut, kind, confidence }) => ({ index: known[cut]!, at: at[known[cut]!]!, kind, confidence }));
}

/** Changes of scatter about the level or line of a part; beside its ends they are those of the level. */
function spreadChangesBetween(rows: Float64Array, fits: Fits, cuts: readonly number[], prices: Prices) {
  const rest = restOf(rows, fits, cuts, prices);
  return [0, ...cuts].flatMap((from, k) => {
    const to = cuts[k] ?? rows.length;
    return spreadChanges(rest, from, to)
      .filter(({ cut }) => Math.min(cut - from, to - cut) > SPREAD_SHORTEST)
      .map(({ cut, confidence }) => ({ cut, kind: 'variance' as const, confidence }));
  });
}

/** The rows less the level or line of their part. */
function restOf(rows: Float64Array, fits: Fits, cuts: readonly number[], prices: Prices): Float64Array {
  const rest = Float64Array.from(rows);
  [0, ...cuts].forEach((from, k) => {
    const to = cuts[k] ?? rows.length;
    const { start, slope } = fits.fit(from, to, prices.line);
    for (let i = from; i < to; i++) rest[i]! -= start + slope * (i - from);
  });
  return rest;
}

/** What kind of change it is, and how far beyond its price it pays: one half when just so. */
function judged(
  fits: Fits,
  from: number,
  cut: number,
  to: number,
  prices: Prices,
): Pick<ChangePoint, 'kind' | 'confidence'> {
  const before = fits.fit(from, cut, prices.line);
  const after = fits.fit(cut, to, prices.line);
  const gain = fits.cost(from, to, prices.line) - before.cost - after.cost;
  const jump = Math.abs(after.start - (before.start + before.slope * (cut - from)));
  const bend = (Math.abs(after.slope - before.slope) * Math.min(cut - from, to - cut)) / 2;
  return { kind: jump >= bend ? 'level' : 'trend', confidence: gain / (gain + prices.change) };
}
