import type { Series } from '../series/series.js';
import { SilenceWatch, type Flat, type Missing } from './silence-watch.js';

/** Rows `start` to `end`, both part of it. */
export interface Flatline extends Flat {
  readonly start: number;
  readonly end: number;
}

/** Between the rows `start` and `start + 1` nothing came. */
export interface Gap extends Missing {
  readonly start: number;
}

/** Where the series stood still, judged at each row by what came before it. */
export function flatlinesOf(series: Series): Flatline[] {
  const watch = new SilenceWatch();
  const found: Flatline[] = [];
  series.values.forEach((value, row) => {
    const flat = watch.observe(series.at[row]!, value);
    if (flat === null) return;
    const last = found.at(-1);
    if (last?.since === flat.since) found[found.length - 1] = { ...flat, start: last.start, end: row };
    else found.push({ ...flat, start: series.at.indexOf(flat.since), end: row });
  });
  return found;
}

/** Where samples were missing; not what is missing behind the last one, for which a clock is needed. */
export function gapsOf(series: Series): Gap[] {
  const watch = new SilenceWatch();
  const found: Gap[] = [];
  series.values.forEach((value, row) => {
    const missing = watch.missing(series.at[row]!);
    if (missing !== null) found.push({ ...missing, start: row - 1 });
    watch.observe(series.at[row]!, value);
  });
  return found;
}
