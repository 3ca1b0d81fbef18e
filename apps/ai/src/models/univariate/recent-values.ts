import type { ByteReader, ByteWriter } from './bytes.js';

/**
 * The last `capacity` numbers of a stream, in the order they came and sorted: ranks, quantiles and nearest neighbours cost
 * a binary search. Older ones are forgotten, so a drift is not novel for ever and the state stays bounded.
 */
export class RecentValues {
  /** In order of arrival, a ring once it is full. Both arrays grow with what they hold: most streams are short. */
  private ring = new Float64Array(64);
  private sorted = new Float64Array(64);
  private next = 0;
  private count = 0;

  constructor(private readonly capacity: number) {}

  static read(from: ByteReader, capacity: number): RecentValues {
    const values = from.f64s();
    if (values.length > capacity) throw new RangeError('The state holds more than it may');
    const recent = new RecentValues(capacity);
    for (const value of values) recent.append(value);
    recent.sorted.set(values.sort());
    return recent;
  }

  write(to: ByteWriter): void {
    const ordered = new Float64Array(this.count);
    for (let i = 0; i < this.count; i++) ordered[i] = this.ring[(this.next + i) % this.count] as number;
    to.f64s(this.count < this.capacity ? this.ring.slice(0, this.count) : ordered);
  }

  get size(): number {
    return this.count;
  }

  get least(): number {
    return this.count ? (this.sorted[0] as number) : 0;
  }

  get greatest(): number {
    return this.count ? (this.sorted[this.count - 1] as number) : 0;
  }

  /** The value below which `share` of them lie. */
  quantile(share: number): number {
    return this.sorted[Math.min(this.count - 1, Math.floor(share * this.count))] as number;
  }

  /** How many are at least `value`. */
  atLeast(value: number): number {
    return this.count - this.rank(value);
  }

  /** How far the k-th nearest lies; 0 while there are fewer. Never infinite. */
  distanceToNearest(value: number, k: number): number {
    if (this.count < k) return 0;
    let right = this.rank(value);
    let left = right - 1;
    let distance = 0;
    for (let found = 0; found < k; found++) {
      const below = left >= 0 ? value - (this.sorted[left] as number) : Infinity;
      const above = right < this.count ? (this.sorted[right] as number) - value : Infinity;
      if (below <= above) {
        distance = below;
        left -= 1;
      } else {
        distance = above;
        right += 1;
      }
    }
    return Math.min(distance, Number.MAX_VALUE);
  }

  add(value: number): void {
    if (this.count === this.capacity) this.drop(this.ring[this.next] as number);
    const place = this.rank(value);
    const held = Math.min(this.count, this.capacity - 1);
    if (held === this.sorted.length) this.sorted = grown(this.sorted, this.capacity);
    this.sorted.copyWithin(place + 1, place, held);
    this.sorted[place] = value;
    this.append(value);
  }

  private append(value: number): void {
    if (this.count < this.capacity) {
      if (this.count === this.ring.length) this.ring = grown(this.ring, this.capacity);
      if (this.count >= this.sorted.length) this.sorted = grown(this.sorted, this.capacity);
      this.ring[this.count] = value;
      this.count += 1;
      this.next = this.count % this.capacity;
      return;
    }
    this.ring[this.next] = value;
    this.next = (this.next + 1) % this.capacity;
  }

  private drop(value: number): void {
    const place = this.rank(value);
    this.sorted.copyWithin(place, place + 1, this.count);
    // The last place is free now; what ranks there must not be found.
    this.sorted[this.count - 1] = Infinity;
  }

  /** How many are below `value`. */
  private rank(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function grown(values: Float64Array, limit: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.min(limit, 2 * values.length));
  larger.set(values);
  return larger;
}
