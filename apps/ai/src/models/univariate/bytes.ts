/** Numbers one after another as bytes, little-endian: what a detector's state is kept in. */
export class ByteWriter {
  private view = new DataView(new ArrayBuffer(1_024));
  private length = 0;

  u8(value: number): this {
    this.room(1);
    this.view.setUint8(this.length, value);
    this.length += 1;
    return this;
  }

  u32(value: number): this {
    this.room(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
    return this;
  }

  f64(value: number): this {
    this.room(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
    return this;
  }

  /** With their number before them. */
  f64s(values: Float64Array): this {
    this.u32(values.length).room(8 * values.length);
    for (const value of values) this.f64(value);
    return this;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.length).slice();
  }

  private room(bytes: number): void {
    const wanted = this.length + bytes;
    if (wanted <= this.view.byteLength) return;
    const larger = new Uint8Array(Math.max(wanted, 2 * this.view.byteLength));
    larger.set(new Uint8Array(this.view.buffer));
    this.view = new DataView(larger.buffer);
  }
}

/** Reads what `ByteWriter` wrote. Too few bytes are a RangeError. */
export class ByteReader {
  private readonly view: DataView;
  private read = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.forward(1));
  }

  u32(): number {
    return this.view.getUint32(this.forward(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.forward(8), true);
  }

  f64s(): Float64Array {
    const count = this.u32();
    // Asked before the array is made: a forged count must not allocate gigabytes.
    if (8 * count > this.view.byteLength - this.read) throw new RangeError('The state is cut off');
    return Float64Array.from({ length: count }, () => this.f64());
  }

  /** Nothing may be left over: bytes of another version are not half read. */
  end(): void {
    if (this.read !== this.view.byteLength) throw new RangeError('The state has bytes too many');
  }

  private forward(bytes: number): number {
    const at = this.read;
    this.read += bytes;
    return at;
  }
}
