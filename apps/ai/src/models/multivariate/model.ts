import type { StateReader, StateWriter } from './state.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** Normal rows: where each column lies and how far it moves, and how the columns move together. */
export interface Model {
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  /** Inverse of the columns' covariance, width × width. */
  readonly precision: Float64Array;
}

/** Beyond so many robust deviations a value is as wrong as it gets: one column must not outshout all others. */
const CLIP = 8;

/** Added to each direction's variance: directions in which nothing moved are not infinitely sure. */
const RIDGE = 0.1;

/** Quartiles of a normal distribution are this far apart, in standard deviations. */
const QUARTILES = 1.349;

export function readModel(reader: StateReader): Model {
  return { centre: reader.numbers(), scale: reader.numbers(), precision: reader.numbers() };
}

export function writeModel(writer: StateWriter, { centre, scale, precision }: Model): void {
  writer.numbers(centre).numbers(scale).numbers(precision);
}

/** In deviations from the centre; a missing value lies at the centre, and so does all of a column that never moved. */
export function standardise({ centre, scale }: Pick<Model, 'centre' | 'scale'>, row: Float64Array): Float64Array {
  return row.map((value, column) => {
    const off = value - centre[column]!;
    if (Number.isNaN(off) || off === 0) return 0;
    return Math.max(-CLIP, Math.min(CLIP, off / scale[column]!));
  });
}

export function fitModel(rows: Float64Array, width: number): Model {
  const length = rows.length / width;
  const centre = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let column = 0; column < width; column += 1) {
    const sorted = Float64Array.from({ length }, (_, row) => rows[row * width + column]!)
      .filter((value) => !Number.isNaN(value))
      .sort();
    centre[column] = quantile(sorted, 0.5);
    scale[column] = spread(sorted);
  }
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < length; row += 1) {
    const z = standardise({ centre, scale }, rows.subarray(row * width, (row + 1) * width));
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < width; j += 1) covariance[i * width + j]! += (z[i]! * z[j]!) / length;
  }
  return { centre, scale, precision: inverse(covariance, width) };
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted.length === 0 ? 0 : sorted[Math.floor(share * (sorted.length - 1))]!;
}

/** Of the quartiles where they differ; else of all values; 0 for a column that never moved: whatever differs is far out. */
function spread(sorted: Float64Array): number {
  const quartiles = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / QUARTILES;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length);
  return Math.max(quartiles, deviation / 4) || 0;
}

function inverse(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n);
  const made = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < n; j += 1) {
      let sum = 0;
      for (let k = 0; k < n; k += 1)
        sum += (vectors[i * n + k]! * vectors[j * n + k]!) / (Math.max(0, values[k]!) + RIDGE);
      made[i * n + j] = sum;
    }
  return made;
}
