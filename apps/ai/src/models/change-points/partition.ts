import type { Fits } from './fit.js';

/** Boundaries tried: so many keep the search within milliseconds; in longer series they are some rows apart, then refined. */
const MOST_BOUNDARIES = 1_250;

export interface Prices {
  /** Of a change. */
  change: number;
  /** Of a line instead of a level. */
  line: number;
  /** Rows of the shortest part. */
  shortest: number;
}

/** By how many rows two boundaries that are tried are apart: shorter parts may be missed. */
export const boundariesApart = (n: number): number => Math.ceil(n / MOST_BOUNDARIES);

/** First rows of all parts but the first, such that what the parts leave plus the price of the changes is least. */
export function partition(fits: Fits, n: number, prices: Prices): number[] {
  const apart = boundariesApart(n);
  const starts = Array.from({ length: Math.ceil(n / apart) }, (_, k) => k * apart);
  const ends = [...starts.slice(1), n];
  const best = new Float64Array(starts.length + 1).fill(Infinity);
  const last = new Int32Array(starts.length + 1);
  best[0] = -prices.change;
  for (let k = 1; k <= ends.length; k++) {
    const to = ends[k - 1]!;
    for (let j = 0; j < k && to - starts[j]! >= prices.shortest; j++) {
      const total = best[j]! + fits.cost(starts[j]!, to, prices.line) + prices.change;
      if (total < best[k]!) [best[k], last[k]] = [total, j];
    }
  }
  const cuts: number[] = [];
  for (let k = last[ends.length]!; k > 0; k = last[k]!) cuts.unshift(starts[k]!);
  if (apart > 1) refine(cuts, fits, n, prices, apart);
  return cuts;
}

/** Moves each cut to the best row within the distance of two boundaries. */
function refine(cuts: number[], fits: Fits, n: number, prices: Prices, apart: number): void {
  for (let k = 0; k < cuts.length; k++) {
    const from = cuts[k - 1] ?? 0;
    const to = cuts[k + 1] ?? n;
    const guess = cuts[k]!;
    let least = Infinity;
    const until = Math.min(to - prices.shortest, guess + apart);
    for (let cut = Math.max(from + prices.shortest, guess - apart); cut <= until; cut++) {
      const cost = fits.cost(from, cut, prices.line) + fits.cost(cut, to, prices.line);
      if (cost < least) [least, cuts[k]] = [cost, cut];
    }
  }
}
