import { SEASON_WIDTH, seasonAt } from './daily-season.js';
import { invert } from './inverse.js';
import type { StateReader, StateWriter } from './state.js';

/**
 * What normal rows are like: where each column lies, how far it moves, and how the columns move together and with the
 * hour of the day. A row is judged by its Mahalanobis distance, given the hour: T² and the residual of a PCA in one
 * number, without a choice of how many components.
 */
export interface Model {
  readonly width: number;
  /** Columns of the hour behind the others: SEASON_WIDTH, or 0 where too few days were seen. */
  readonly season: number;
  readonly centre: Float64Array;
  /** 0 for a column that never moved. */
  readonly scale: Float64Array;
  /** Of all columns in such deviations: where the weighted rows lie. */
  readonly mean: Float64Array;
  /** Inverse covariance of all columns, and of those of the hour alone. */
  readonly precision: Float64Array;
  readonly seasonPrecision: Float64Array;
}

/** How far a row lies from what is normal, and how much of it each column explains (not yet summing to anything). */
export interface Distance {
  readonly distance: number;
  readonly parts: Float64Array;
}

/** Beyond so many deviations a value is as wrong as it gets, above all in a column that never moved. */
const CLIP = 12;

/** Added to each variance: directions in which nothing moved are not infinitely sure. A third or thrice changes little. */
const RIDGE = 0.01;

/** Sweeps that fill in several missing values; a single one is exact after the first. */
const FILL_SWEEPS = 4;

export function writeModel(writer: StateWriter, model: Model): void {
  writer.number(model.season).numbers(model.centre).numbers(model.scale).numbers(model.mean);
  writer.numbers(model.precision).numbers(model.seasonPrecision);
}

export function readModel(reader: StateReader, width: number): Model {
  const season = reader.number();
  const [centre, scale, mean] = [reader.numbers(), reader.numbers(), reader.numbers()];
  return { width, season, centre, scale, mean, precision: reader.numbers(), seasonPrecision: reader.numbers() };
}

/** Rows of `1 + width` numbers: the moment, and the columns. */
export function fitModel(rows: Float64Array, width: number, withSeason: boolean): Model {
  const length = rows.length / (1 + width);
  const season = withSeason ? SEASON_WIDTH : 0;
  const all = width + season;
  const { centre, scale } = moments(rows, width);
  const blank: Model = {
    width,
    season,
    centre,
    scale,
    mean: new Float64Array(all),
    precision: new Float64Array(all * all),
    seasonPrecision: new Float64Array(season * season),
  };
  const standard = new Float64Array(length * all);
  for (let row = 0; row < length; row += 1) {
    const from = row * (1 + width);
    const z = standardise(blank, rows[from]!, rows.subarray(from + 1, from + 1 + width));
    standard.set(
      z.map((value) => (Number.isNaN(value) ? 0 : value)),
      row * all,
    );
  }
  // Rows far from the rest count less in the second round (multivariate t): some of them are what we look for. Further
  // rounds, or leaving them out, would forget what is rare and normal, a backup at night.
  const first = shapeOf(blank, standard, new Float64Array(length).fill(1));
  const weights = Float64Array.from({ length }, (_, row) => {
    const { distance } = distanceOf(first, standard.slice(row * all, (row + 1) * all));
    return (2 * width) / (width + distance ** 2);
  });
  return shapeOf(blank, standard, weights);
}

export function judge(model: Model, atMs: number, row: Float64Array): Distance {
  return distanceOf(model, standardise(model, atMs, row));
}

function moments(rows: Float64Array, width: number): Pick<Model, 'centre' | 'scale'> {
  const centre = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let column = 0; column < width; column += 1) {
    let [n, shift, sum, squares, moved] = [0, NaN, 0, 0, false];
    for (let at = 1 + column; at < rows.length; at += 1 + width) {
      const value = rows[at]!;
      if (Number.isNaN(value)) continue;
      if (n === 0) shift = value;
      if (value !== shift) moved = true;
      n += 1;
      // Against the first value, so that a large offset does not eat the digits.
      sum += value - shift;
      squares += (value - shift) ** 2;
    }
    centre[column] = shift + sum / n;
    scale[column] = moved ? Math.sqrt(squares / n - (sum / n) ** 2) : 0;
  }
  return { centre, scale };
}

/** In deviations; NaN for a missing value, and for a column of which nothing is known. */
function standardise({ width, season, centre, scale }: Model, atMs: number, row: Float64Array): Float64Array {
  const z = new Float64Array(width + season);
  for (let column = 0; column < width; column += 1) {
    const off = row[column]! - centre[column]!;
    z[column] = off === 0 ? 0 : Math.max(-CLIP, Math.min(CLIP, off / scale[column]!));
  }
  if (season > 0) z.set(seasonAt(atMs), width);
  return z;
}

/** The model with the covariance of the weighted rows. */
function shapeOf(model: Model, standard: Float64Array, weights: Float64Array): Model {
  const all = model.width + model.season;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(all);
  weights.forEach((weight, row) => {
    for (let i = 0; i < all; i += 1) mean[i]! += (weight * standard[row * all + i]!) / total;
  });
  const covariance = new Float64Array(all * all);
  const off = new Float64Array(all);
  for (let row = 0; row < weights.length; row += 1) {
    for (let i = 0; i < all; i += 1) off[i] = standard[row * all + i]! - mean[i]!;
    const weight = weights[row]! / total;
    for (let i = 0; i < all; i += 1) {
      const [scaled, from] = [weight * off[i]!, i * all];
      for (let j = 0; j <= i; j += 1) covariance[from + j]! += scaled * off[j]!;
    }
  }
  for (let i = 0; i < all; i += 1) {
    for (let j = 0; j < i; j += 1) covariance[j * all + i] = covariance[i * all + j]!;
    covariance[i * all + i]! += RIDGE;
  }
  const ofSeason = new Float64Array(model.season ** 2);
  for (let i = 0; i < model.season; i += 1)
    for (let j = 0; j < model.season; j += 1)
      ofSeason[i * model.season + j] = covariance[(model.width + i) * all + model.width + j]!;
  return { ...model, mean, precision: invert(covariance, all), seasonPrecision: invert(ofSeason, model.season) };
}

/** @param z consumed */
function distanceOf(model: Model, z: Float64Array): Distance {
  const { width, season, mean, precision, seasonPrecision } = model;
  const all = width + season;
  for (let i = 0; i < all; i += 1) z[i]! -= mean[i]!;
  fillMissing(precision, width, all, z);
  const parts = new Float64Array(width);
  let square = 0;
  for (let i = 0; i < all; i += 1) {
    let pull = 0;
    for (let j = 0; j < all; j += 1) pull += precision[i * all + j]! * z[j]!;
    square += z[i]! * pull;
    // By so much the square would fall, were this column as the others let expect.
    if (i < width) parts[i] = (pull * pull) / precision[i * all + i]!;
  }
  for (let i = 0; i < season; i += 1)
    for (let j = 0; j < season; j += 1) square -= z[width + i]! * seasonPrecision[i * season + j]! * z[width + j]!;
  return { distance: Math.sqrt(Math.max(0, square)), parts };
}

/** What is missing is as the other columns let expect: it adds nothing to the distance. */
function fillMissing(precision: Float64Array, width: number, all: number, z: Float64Array): void {
  const missing: number[] = [];
  for (let i = 0; i < width; i += 1) if (Number.isNaN(z[i]!)) missing.push(i);
  for (const i of missing) z[i] = 0;
  for (let sweep = 0; sweep < (missing.length > 1 ? FILL_SWEEPS : 1); sweep += 1)
    for (const i of missing) {
      let pull = 0;
      for (let j = 0; j < all; j += 1) if (j !== i) pull += precision[i * all + j]! * z[j]!;
      z[i] = -pull / precision[i * all + i]!;
    }
}
