import { BINS, type Binned } from './grow.js';

/** Cuts every column where equally many different rows lie between two edges; rare high counts keep bins of their own. */
export function edgesOf(column: ArrayLike<number>): Float64Array {
  const known = Float64Array.from(Array.from(column).filter((value) => !Number.isNaN(value))).sort();
  const distinct: { value: number; rows: number }[] = [];
  for (const value of known) {
    const last = distinct.at(-1);
    if (last?.value === value) last.rows += 1;
    else distinct.push({ value, rows: 1 });
  }
  const edges: number[] = [];
  let left = known.length;
  let held = 0;
  for (let index = 0; index < distinct.length - 1; index += 1) {
    const { value, rows } = distinct[index]!;
    held += rows;
    left -= rows;
    const room = BINS - 2 - edges.length;
    if (room <= 0) break;
    // What is left is shared by the bins that are left: a value that half of the rows have (0) uses up one bin, not half.
    if (held >= (held + left) / (room + 1)) {
      edges.push((value + distinct[index + 1]!.value) / 2);
      held = 0;
    }
  }
  return Float64Array.from(edges);
}

export function binOf(edges: Float64Array, value: number): number {
  if (Number.isNaN(value)) return 0;
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}

export function binned(
  rows: readonly Float64Array[],
  edges: readonly Float64Array[],
  directions: readonly number[],
): Binned {
  const columns = edges.map((own, column) => Uint8Array.from(rows, (row) => binOf(own, row[column]!)));
  return { rows: rows.length, columns, edges, directions };
}
