import type { ByteReader, ByteWriter } from './bytes.js';

/** Ranks beyond these are ordinary: they say nothing, and so bound the state. */
const GREATEST_KEPT = 512;
/** A tail of fewer numbers is none. */
const NUMBERS_REQUIRED = 30;
/** Times the record after which more is not stranger: one broken reading must not outweigh everything. */
const BEYOND_RECORD = 3;

/**
 * How far out in the tail of its own past a number lies, in powers of ten, and how far past the record: each stream has
 * its own idea of what is usual, and a threshold for all of them needs one scale.
 */
export class Tail {
  private count = 0;
  /** Ascending, the first `kept` of it. */
  private greatest: Float64Array = new Float64Array(32);
  private kept = 0;

  static read(from: ByteReader): Tail {
    const tail = new Tail();
    tail.count = from.u32();
    const greatest = from.f64s();
    tail.kept = greatest.length;
    if (tail.kept !== Math.min(tail.count, GREATEST_KEPT)) throw new RangeError('The state contradicts itself');
    if (tail.kept > 0) tail.greatest = greatest;
    return tail;
  }

  write(to: ByteWriter): void {
    to.u32(this.count).f64s(this.greatest.slice(0, this.kept));
  }

  /** 0 for what is usual. `slack` is the rounding of the number: ties stay ties when the unit changes. */
  level(value: number, slack: number): number {
    if (this.count < NUMBERS_REQUIRED || value <= slack) return 0;
    const atLeast = this.kept - this.rank(value - slack);
    if (atLeast >= GREATEST_KEPT) return 0;
    const record = this.greatest[this.kept - 1] as number;
    const beyond = record > 0 ? Math.min(value / record, BEYOND_RECORD) : BEYOND_RECORD;
    return Math.max(0, -Math.log10((atLeast + 0.5) / (this.count + 1))) + Math.max(0, beyond - 1);
  }

  add(value: number): void {
    this.count += 1;
    let place = this.rank(value);
    if (this.kept < GREATEST_KEPT) {
      if (this.kept === this.greatest.length) {
        const larger = new Float64Array(2 * this.kept);
        larger.set(this.greatest);
        this.greatest = larger;
      }
      this.greatest.copyWithin(place + 1, place, this.kept);
      this.kept += 1;
    } else if (place > 0) {
      place -= 1;
      this.greatest.copyWithin(0, 1, place + 1);
    } else return;
    this.greatest[place] = value;
  }

  /** How many of those kept are below `value`. */
  private rank(value: number): number {
    let low = 0;
    let high = this.kept;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.greatest[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
