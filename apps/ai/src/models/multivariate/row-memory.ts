import type { StateReader, StateWriter } from './state.js';

/** As many rows say what normal is as well as all do, and bound the state and the cost of a fit. */
const CAPACITY = 1024;

/**
 * Rows evenly spread over all that was seen, so that neither the last days nor the first decide alone what is normal:
 * those whose number is a multiple of the stride are kept, and when the memory is full the stride doubles.
 */
export class RowMemory {
  private rows: Float64Array = new Float64Array(0);
  private kept = 0;
  private stride = 1;
  private seen = 0;

  constructor(private readonly width: number) {}

  static read(reader: StateReader, width: number): RowMemory {
    const memory = new RowMemory(width);
    memory.stride = reader.number();
    memory.seen = reader.number();
    memory.rows = reader.numbers();
    memory.kept = memory.rows.length / width;
    return memory;
  }

  write(writer: StateWriter): void {
    writer.number(this.stride).number(this.seen).numbers(this.all());
  }

  /** Row by row; not to be changed, and not to be kept. */
  all(): Float64Array {
    return this.rows.subarray(0, this.kept * this.width);
  }

  add(row: Float64Array): void {
    this.seen += 1;
    if ((this.seen - 1) % this.stride !== 0) return;
    if (this.kept === CAPACITY) this.thin();
    if ((this.kept + 1) * this.width > this.rows.length) this.grow();
    this.rows.set(row, this.kept * this.width);
    this.kept += 1;
  }

  private thin(): void {
    this.kept /= 2;
    for (let row = 0; row < this.kept; row += 1)
      this.rows.copyWithin(row * this.width, 2 * row * this.width, (2 * row + 1) * this.width);
    this.stride *= 2;
  }

  private grow(): void {
    const larger = new Float64Array(Math.min(CAPACITY, Math.max(64, 2 * this.kept)) * this.width);
    larger.set(this.all());
    this.rows = larger;
  }
}
