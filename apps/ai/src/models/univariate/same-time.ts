import type { ByteReader, ByteWriter } from './bytes.js';

/** Of a period: five minutes of a day. */
const SLOTS = 288;
/** Each weekday twice; a profile older than that is forgotten. */
const PERIODS_KEPT = 14;
/** Three quarters of an hour to either side are the same time of day. */
const REACH = 9 / SLOTS;
/** Fewer do not say what is usual at that time. */
const VALUES_REQUIRED = 6;

/** What the values were at the same time of earlier periods: the first one of each slot of each period. */
export class SameTime {
  private readonly slots: number;
  private readonly reach: number;
  /** By slot, the latest last. */
  private values: number[][];
  /** When each slot was last filled. */
  private filled: Float64Array;

  constructor(private readonly period: number) {
    this.slots = Math.min(SLOTS, period);
    this.reach = Math.round(REACH * this.slots);
    this.values = Array.from({ length: this.slots }, () => []);
    this.filled = new Float64Array(this.slots).fill(-Infinity);
  }

  static read(from: ByteReader, period: number): SameTime {
    const same = new SameTime(period);
    for (let slot = 0; slot < same.slots; slot++) {
      const count = from.u8();
      if (count > PERIODS_KEPT) throw new RangeError('The state holds more than it may');
      if (count === 0) continue;
      same.filled[slot] = from.f64();
      same.values[slot] = Array.from({ length: count }, () => from.f64());
    }
    return same;
  }

  write(to: ByteWriter): void {
    this.values.forEach((values, slot) => {
      to.u8(values.length);
      if (values.length === 0) return;
      to.f64(this.filled[slot] as number);
      for (const value of values) to.f64(value);
    });
  }

  /** What is known about `time`, or null where it is too little. The period that is running does not count. */
  at(time: number): number[] | null {
    const here = this.slotOf(time);
    const found: number[] = [];
    for (let off = -this.reach; off <= this.reach; off++) {
      const slot = (here + off + this.slots) % this.slots;
      const values = this.values[slot] as number[];
      const earlier = this.isOfThisPeriod(slot, time) ? values.length - 1 : values.length;
      for (let i = 0; i < earlier; i++) found.push(values[i] as number);
    }
    return found.length < VALUES_REQUIRED ? null : found;
  }

  add(time: number, value: number): void {
    const slot = this.slotOf(time);
    if (this.isOfThisPeriod(slot, time)) return;
    const values = this.values[slot] as number[];
    values.push(value);
    if (values.length > PERIODS_KEPT) values.shift();
    this.filled[slot] = time;
  }

  private isOfThisPeriod(slot: number, time: number): boolean {
    return time - (this.filled[slot] as number) < this.period / 2;
  }

  private slotOf(time: number): number {
    const phase = ((time % this.period) + this.period) % this.period;
    return Math.min(this.slots - 1, Math.floor((phase / this.period) * this.slots));
  }
}
