import { Random } from '../../src/models/disk-full/random.js';
import type { Series } from '../../src/models/series/series.js';

/** A disk whose future is known. */
export interface MadeDisk {
  kind: DiskKind;
  series: Series;
  capacity: number;
  /** Hours from the last row to the first reading that reaches the capacity; null where that takes more than `horizon`. */
  hoursToFull: number | null;
}

export const horizon = 1_440;
const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 1);

/** Use without noise, hour by hour, for a disk that is to grow by `growth` of its capacity in an hour on the whole. */
type Path = (random: Random, hours: number, rows: number, growth: number) => Float64Array;

function summed(hours: number, step: (hour: number) => number): Float64Array {
  const path = new Float64Array(hours);
  for (let hour = 1; hour < hours; hour++) path[hour] = path[hour - 1]! + step(hour);
  return path;
}
const between = (random: Random, low: number, high: number): number => low + (high - low) * random.next();

const teeth = (random: Random, hours: number, growth: number): Float64Array => {
  const period = between(random, 48, 132);
  const size = between(random, 0.04, 0.15);
  return Float64Array.from({ length: hours }, (_, hour) => growth * hour + (size * (hour % period)) / period);
};

const kinds = {
  steady: (_, hours, __, growth) => summed(hours, () => growth),
  accelerating: (random, hours, rows, growth) => {
    const power = between(random, 1.3, 2.2);
    return Float64Array.from({ length: hours }, (_, hour) => growth * rows * (hour / rows) ** power);
  },
  compounding: (random, hours, rows, growth) => {
    const rate = between(random, 0.5, 1.5);
    return Float64Array.from({ length: hours }, (_, hour) => (growth * rows * Math.expm1((rate * hour) / rows)) / rate);
  },
  working_days: (random, hours, _, growth) => {
    const weekend = between(random, 0, 0.4);
    return summed(hours, (hour) => (growth * 7 * (Math.floor(hour / 24) % 7 < 5 ? 1 : weekend)) / (5 + 2 * weekend));
  },
  teeth: (random, hours) => teeth(random, hours, 0),
  growing_teeth: (random, hours, _, growth) => teeth(random, hours, growth),
  cleaned_once: (random, hours, rows, growth) => {
    const cleanup = Math.floor(between(random, 0.3, 0.85) * rows);
    const size = between(random, 0.06, 0.18);
    return summed(hours, (hour) => growth - (hour === cleanup ? size : 0));
  },
  still: (_, hours) => new Float64Array(hours),
  bursts: (random, hours, _, growth) => {
    const often = between(random, 0.015, 0.15);
    const steady = between(random, 0, 0.5);
    return summed(hours, () => {
      const burst = random.next() < often ? -Math.log(1 - random.next()) / often : 0;
      return growth * (steady + (1 - steady) * burst);
    });
  },
  changed: (random, hours, rows, growth) => {
    const knot = Math.floor(between(random, 0.45, 0.85) * rows);
    const before = between(random, 0.05, 0.4);
    return summed(hours, (hour) => growth * (hour < knot ? before : 1));
  },
  // What the measuring data does not have.
  copied_once: (random, hours, rows, growth) => {
    const copy = Math.floor(between(random, 0.2, 0.9) * rows);
    const size = between(random, 0.05, 0.15);
    return summed(hours, (hour) => growth + (hour === copy ? size : 0));
  },
  falling: (_, hours, __, growth) => summed(hours, () => -growth / 4),
  calmed: (random, hours, rows, growth) => {
    const knot = Math.floor(between(random, 0.5, 0.8) * rows);
    return summed(hours, (hour) => (hour < knot ? growth : 0));
  },
  daily_swing: (random, hours, _, growth) => {
    const size = between(random, 0.005, 0.02);
    return Float64Array.from({ length: hours }, (__, hour) => growth * hour + size * Math.sin((Math.PI * hour) / 12));
  },
} satisfies Record<string, Path>;

export type DiskKind = keyof typeof kinds;
export const diskKinds = Object.keys(kinds) as DiskKind[];
/** Those that are like the measuring data's. */
export const measuredKinds = diskKinds.slice(0, diskKinds.indexOf('copied_once'));

/** A disk of 128 to 2,000 units with 240 to 1,070 hourly rows, noise of 0.03 to 0.3 % of its capacity. */
export function madeDisk(kind: DiskKind, seed: number): MadeDisk {
  const random = new Random(seed * 7919 + diskKinds.indexOf(kind) * 104_729 + 1);
  for (;;) {
    const capacity = [128, 256, 512, 1_000, 2_000][Math.floor(5 * random.next())]!;
    const rows = Math.floor(between(random, 240, 1_070));
    const awaited = between(random, 48, 1_400);
    const base = between(random, 0.15, 0.75);
    const noise = between(random, 0.0003, 0.003);
    const hours = rows + 2 * horizon;
    const paths: Path = kinds[kind];
    const path = paths(random, hours, rows, (1 - base) / (rows + awaited));
    const values = path.map((share) => capacity * (base + share + noise * random.normal()));
    const full = values.findIndex((value) => value >= capacity);
    const past = values.subarray(0, rows);
    // Once full within the past, or emptied below nothing: no such disk.
    if ((full >= 0 && full < rows) || past.some((value) => value < 0)) continue;
    const hoursToFull = full < 0 || full - rows + 1 > horizon ? null : full - rows + 1;
    const at = Float64Array.from({ length: rows }, (_, hour) => start + hour * hourMs);
    return { kind, series: { at, values: past.slice(), stepMs: hourMs }, capacity, hoursToFull };
  }
}
