/** First byte of the form that is stored. */
const VERSION = 1;

const BYTES_PER_NUMBER = 8;

/** Writes numbers exactly (resumed = one run, bit by bit) and names. */
export class StateWriter {
  private readonly parts: Uint8Array[] = [Uint8Array.of(VERSION)];

  number(value: number): this {
    return this.numbers(Float64Array.of(value));
  }

  numbers(values: Float64Array): this {
    this.parts.push(new Uint8Array(Float64Array.of(values.length).buffer), new Uint8Array(values.slice().buffer));
    return this;
  }

  names(names: readonly string[]): this {
    const text = new TextEncoder().encode(JSON.stringify(names));
    this.number(text.length).parts.push(text);
    return this;
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.parts));
  }
}

/** Reads what the writer wrote, in its order. */
export class StateReader {
  private at = 1;

  private readonly bytes: Uint8Array;

  /** @throws Error on what is no state of this version */
  constructor(bytes: Uint8Array) {
    // A copy of its own: a part of a Buffer would be a view of memory that it shares.
    this.bytes = new Uint8Array(bytes);
    if (bytes[0] !== VERSION) throw new Error(`no state of version ${VERSION}`);
  }

  number(): number {
    const [value, ...more] = this.numbers();
    if (value === undefined || more.length > 0) throw new Error('no number where one should be');
    return value;
  }

  numbers(): Float64Array {
    const [length] = new Float64Array(this.take(BYTES_PER_NUMBER).buffer);
    if (!Number.isSafeInteger(length) || length! < 0) throw new Error('no length where one should be');
    return new Float64Array(this.take(length! * BYTES_PER_NUMBER).buffer);
  }

  names(): string[] {
    return JSON.parse(new TextDecoder().decode(this.take(this.number()))) as string[];
  }

  end(): void {
    if (this.at !== this.bytes.length) throw new Error('bytes behind the end of a state');
  }

  private take(length: number): Uint8Array {
    const taken = this.bytes.slice(this.at, this.at + length);
    if (taken.length !== length) throw new Error('a state that ends too early');
    this.at += length;
    return taken;
  }
}
