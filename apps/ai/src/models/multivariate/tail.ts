import type { StateReader, StateWriter } from './state.js';

/** Buckets a factor of two, so that a rank is known to 4 % of the value. */
const PER_OCTAVE = 16;
const LEAST = 2 ** -20;
const BUCKETS = PER_OCTAVE * 48;

/** Rarer than one in 10^6 is all the same: the score is 1. */
const MOST_DECADES = 6;

/** What the stream's own evidence was like: says how rare a value is among what came before it. */
export class Tail {
  private counts = new Float64Array(BUCKETS);
  private total = 0;
  private record = LEAST;

  static read(reader: StateReader): Tail {
    const tail = new Tail();
    tail.record = reader.number();
    const [low] = [reader.number()];
    const counts = reader.numbers();
    tail.counts.set(counts, low);
    tail.total = counts.reduce((sum, count) => sum + count, 0);
    return tail;
  }

  write(writer: StateWriter): void {
    const low = Math.max(
      0,
      this.counts.findIndex((count) => count > 0),
    );
    const high = this.counts.findLastIndex((count) => count > 0);
    writer
      .number(this.record)
      .number(low)
      .numbers(this.counts.slice(low, high + 1));
  }

  add(value: number): void {
    this.counts[bucketOf(value)]! += 1;
    this.total += 1;
    this.record = Math.max(this.record, value);
  }

  /** In [0, 1]: decades of rarity among what was added; beyond the record, more the farther beyond. */
  score(value: number): number {
    let beyond = 0;
    for (let bucket = BUCKETS - 1, own = bucketOf(value); bucket > own; bucket -= 1) beyond += this.counts[bucket]!;
    const decades = -Math.log10((beyond + 0.5) / (this.total + 1)) + Math.log2(Math.max(1, value / this.record));
    return Math.max(0, Math.min(1, decades / MOST_DECADES));
  }
}

function bucketOf(value: number): number {
  if (!(value > LEAST)) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log2(value / LEAST) * PER_OCTAVE));
}
