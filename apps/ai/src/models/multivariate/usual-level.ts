import type { StateReader, StateWriter } from './state.js';

/** Buckets a factor of two: the level is known to 2 %. */
const PER_OCTAVE = 32;
const LEAST = 2 ** -10;
const BUCKETS = 24 * PER_OCTAVE;

/** So many rows the level takes to move from what theory says to what the stream does. */
const PRIOR_ROWS = 30;

/** The median of all that was added, in the space of a histogram. */
export class UsualLevel {
  private counts: Float64Array = new Float64Array(BUCKETS);

  constructor(expected: number) {
    this.counts[bucketOf(expected)] = PRIOR_ROWS;
  }

  static read(reader: StateReader): UsualLevel {
    const level = new UsualLevel(1);
    const low = reader.number();
    level.counts = new Float64Array(BUCKETS);
    level.counts.set(reader.numbers(), low);
    return level;
  }

  write(writer: StateWriter): void {
    const low = this.counts.findIndex((count) => count > 0);
    const high = this.counts.findLastIndex((count) => count > 0);
    writer.number(low).numbers(this.counts.slice(low, high + 1));
  }

  add(value: number): void {
    this.counts[bucketOf(value)]! += 1;
  }

  median(): number {
    let half = this.counts.reduce((sum, count) => sum + count, 0) / 2;
    const bucket = this.counts.findIndex((count) => (half -= count) <= 0);
    return LEAST * 2 ** ((bucket + 0.5) / PER_OCTAVE);
  }
}

function bucketOf(value: number): number {
  if (!(value > LEAST)) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log2(value / LEAST) * PER_OCTAVE));
}
