import type { ByteReader, ByteWriter } from './bytes.js';

/** The last few numbers of a stream. */
export class LastValues {
  private ring: Float64Array;
  private count = 0;
  private next = 0;

  constructor(private readonly capacity: number) {
    this.ring = new Float64Array(capacity);
  }

  static read(from: ByteReader, capacity: number): LastValues {
    const values = from.f64s();
    if (values.length > capacity) throw new RangeError('The state holds more than it may');
    const last = new LastValues(capacity);
    for (const value of values) last.add(value);
    return last;
  }

  write(to: ByteWriter): void {
    to.f64s(Float64Array.from({ length: this.count }, (_, i) => this.back(this.count - i)));
  }

  add(value: number): void {
    this.ring[this.next] = value;
    this.next = (this.next + 1) % this.capacity;
    this.count = Math.min(this.count + 1, this.capacity);
  }

  get greatest(): number {
    let greatest = 0;
    for (let i = 0; i < this.count; i++) greatest = Math.max(greatest, this.ring[i] as number);
    return greatest;
  }

  /** The furthest from zero. */
  get magnitude(): number {
    let magnitude = 0;
    for (let i = 0; i < this.count; i++) magnitude = Math.max(magnitude, Math.abs(this.ring[i] as number));
    return magnitude;
  }

  /** Always added up from the oldest, and divided first: a resumed stream rounds alike, and no sum overflows. */
  get mean(): number {
    let sum = 0;
    for (let back = this.count; back > 0; back--) sum += this.back(back) / this.count;
    return sum;
  }

  private back(rows: number): number {
    return this.ring[(this.next - rows + this.capacity) % this.capacity] as number;
  }
}
