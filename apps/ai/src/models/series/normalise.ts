import type { Quality } from './quality.js';
import { InputRefused } from './refused.js';
import type { Series } from './series.js';

/** Of a series that lacks more than this share of its values, most of what is said would be about what was filled in. */
const MISSING_SHARE_MAX = 0.2;

/** A distance of more steps than this is a gap: half a step of jitter is none. */
const GAP_STEPS = 1.5;

/** Columns over the same moments as the models take them: ascending, each moment once. */
export interface Rows {
  readonly at: Float64Array;
  readonly columns: readonly Float64Array[];
  readonly stepMs: number;
  /** Which of these rows each row of the input became; rows of one moment became the same one. */
  readonly rowOf: Int32Array;
  readonly quality: Quality;
  readonly warnings: readonly string[];
}

export interface NormaliseOptions {
  /** Refuse what is not in order instead of sorting it. */
  readonly strict: boolean;
  /** Where the timestamps of the input are. */
  readonly pointer: string;
  /** Of a run that began before: what is missing is judged by all of it, with `refuseMissing`. */
  readonly isPart?: boolean | undefined;
}

/** Of a column so far. */
export interface Lack {
  readonly rows: number;
  readonly missing: number;
}

/**
 * Sorts by time; of several rows of one moment the last one given counts.
 * @param at moments, as many as each column has values; NaN in a column is a missing value
 * @throws InputRefused out of order under `strict`, or with more than a fifth of a column missing
 */
export function normaliseRows(
  at: Float64Array,
  columns: readonly Float64Array[],
  { strict, pointer, isPart = false }: NormaliseOptions,
): Rows {
  const warnings: string[] = [];
  const order = orderOf(at);
  if (order && strict) {
    const index = firstUnsorted(at);
    throw new InputRefused('validation-failed', [
      { pointer: `${pointer}/${index}`, detail: 'is before the one in front of it, and strict is set' },
    ]);
  }
  if (order) warnings.push('The rows were not in order of time: sorted.');
  const { rowOf, kept } = distinct(at, order);
  const moments = pick(at, kept);
  const picked = columns.map((column) => pick(column, kept));
  if (!isPart) for (const column of picked) refuseMissing(column);
  const duplicates = at.length - kept.length;
  if (duplicates > 0)
    warnings.push(`${duplicates} rows had the time of another row: the last one of each moment counts.`);
  const stepMs = medianStep(moments);
  const quality: Quality = {
    n: kept.length,
    gaps: gapsIn(moments, stepMs),
    duplicates,
    interpolated: 0,
    constant: picked.length > 0 && picked.every(isConstant),
    step_seconds: stepMs / 1000,
  };
  return { at: moments, columns: picked, stepMs, rowOf, quality, warnings };
}

/** The only column of rows, as a series. */
export function seriesOf({ at, columns, stepMs }: Rows): Series {
  const [values] = columns;
  return { at, values: values ?? new Float64Array(at.length).fill(Number.NaN), stepMs };
}

/** How many values are there. */
export function present(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) count += 1;
  return count;
}

/** Undefined when it is in order already; equal moments keep the order in which they were given. */
function orderOf(at: Float64Array): Int32Array | undefined {
  if (firstUnsorted(at) === -1) return undefined;
  return Int32Array.from(at.keys()).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b);
}

function firstUnsorted(at: Float64Array): number {
  for (let index = 1; index < at.length; index += 1) if ((at[index] ?? 0) < (at[index - 1] ?? 0)) return index;
  return -1;
}

/** The row of the input that stands for each moment, and the place of that moment for every row of the input. */
function distinct(at: Float64Array, order: Int32Array | undefined): { rowOf: Int32Array; kept: Int32Array } {
  const rowOf = new Int32Array(at.length);
  const kept = new Int32Array(at.length);
  let count = 0;
  for (let place = 0; place < at.length; place += 1) {
    const row = order ? (order[place] ?? 0) : place;
    const isSame = count > 0 && at[kept[count - 1] ?? 0] === at[row];
    if (!isSame) count += 1;
    kept[count - 1] = row;
    rowOf[row] = count - 1;
  }
  return { rowOf, kept: kept.slice(0, count) };
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) picked[index] = values[rows[index] ?? 0] ?? Number.NaN;
  return picked;
}

/**
 * @param before of the rows of the run that went before these
 * @returns of all of it
 * @throws InputRefused with more than a fifth missing
 */
export function refuseMissing(values: Float64Array, before: Lack = { rows: 0, missing: 0 }): Lack {
  const rows = before.rows + values.length;
  const missing = before.missing + values.length - present(values);
  if (missing > MISSING_SHARE_MAX * rows) throw new InputRefused('too-many-missing', [], { missing, rows });
  return { rows, missing };
}

function medianStep(at: Float64Array): number {
  if (at.length < 2) return 0;
  const steps = new Float64Array(at.length - 1);
  for (let index = 1; index < at.length; index += 1) steps[index - 1] = (at[index] ?? 0) - (at[index - 1] ?? 0);
  steps.sort();
  return steps[steps.length >> 1] ?? 0;
}

function gapsIn(at: Float64Array, stepMs: number): number {
  let gaps = 0;
  for (let index = 1; index < at.length; index += 1)
    if ((at[index] ?? 0) - (at[index - 1] ?? 0) > GAP_STEPS * stepMs) gaps += 1;
  return gaps;
}

function isConstant(values: Float64Array): boolean {
  let known = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(known)) known = value;
    else if (value !== known) return false;
  }
  return !Number.isNaN(known);
}
