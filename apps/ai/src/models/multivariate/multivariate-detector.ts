import { fitModel, readModel, standardise, writeModel, type Model } from './model.js';
import { RowMemory } from './row-memory.js';
import { StateReader, StateWriter } from './state.js';
import { Tail } from './tail.js';

export interface MultivariateVerdict {
  /** In [0, 1]; 0 while too few rows were seen. */
  readonly score: number;
  /** How much each column has to do with it; they sum to 1, or are all 0 where the row is as expected. */
  readonly shares: Float64Array;
}

/** Below this many rows there is no normal. */
const LEAST_ROWS = 30;

/** The model is fitted again when this much more was seen: a fit costs as much as some hundred rows. */
const REFIT_GROWTH = 1.1;

/** Evidence of so many rows is averaged: what goes wrong in several metrics seldom lasts a single row. */
const TRAILING = 15;

/**
 * Rows of many columns, each judged by the rows before it. One request or many with the returned state give the same
 * scores, bit by bit.
 */
export class MultivariateDetector {
  readonly columns: readonly string[];
  private seen = 0;
  private nextFit = LEAST_ROWS;
  private memory: RowMemory;
  private tail = new Tail();
  private model: Model | null = null;
  /** Evidence of each column in each of the last rows, a ring. */
  private recent: Float64Array;

  constructor({ columns }: { columns: readonly string[] }) {
    this.columns = [...columns];
    this.memory = new RowMemory(columns.length);
    this.recent = new Float64Array(TRAILING * columns.length);
  }

  /** @throws Error on what is no state of ours */
  static resume(state: Uint8Array): MultivariateDetector {
    const reader = new StateReader(state);
    const made = new MultivariateDetector({ columns: reader.names() });
    made.seen = reader.number();
    made.nextFit = reader.number();
    made.recent = reader.numbers();
    made.memory = RowMemory.read(reader, made.columns.length);
    made.tail = Tail.read(reader);
    if (reader.number() === 1) made.model = readModel(reader);
    reader.end();
    return made;
  }

  serialise(): Uint8Array {
    const writer = new StateWriter().names(this.columns).number(this.seen).number(this.nextFit).numbers(this.recent);
    this.memory.write(writer);
    this.tail.write(writer);
    writer.number(this.model === null ? 0 : 1);
    if (this.model !== null) writeModel(writer, this.model);
    return writer.bytes();
  }

  get rows(): number {
    return this.seen;
  }

  /** A NaN in the row: that column has no part in the verdict. */
  observe(_atMs: number, row: Float64Array): MultivariateVerdict {
    if (this.seen === this.nextFit) this.fit();
    const verdict = this.judge(row);
    this.memory.add(row);
    this.seen += 1;
    return verdict;
  }

  private fit(): void {
    this.model = fitModel(this.memory.all(), this.columns.length);
    this.nextFit = Math.max(this.seen + 1, Math.floor(this.seen * REFIT_GROWTH));
  }

  private judge(row: Float64Array): MultivariateVerdict {
    const width = this.columns.length;
    const shares = new Float64Array(width);
    if (this.model === null) return { score: 0, shares };

    const { precision } = this.model;
    const z = standardise(this.model, row);
    const slot = (this.seen % TRAILING) * width;
    for (let i = 0; i < width; i += 1) {
      let pull = 0;
      for (let j = 0; j < width; j += 1) pull += precision[i * width + j]! * z[j]!;
      this.recent[slot + i] = z[i]! * pull;
    }
    let evidence = 0;
    for (let at = 0; at < this.recent.length; at += 1) evidence += this.recent[at]!;
    evidence /= TRAILING;
    const score = this.tail.score(evidence);
    this.tail.add(evidence);
    return { score, shares: this.sharesOf() };
  }

  private sharesOf(): Float64Array {
    const width = this.columns.length;
    const shares = new Float64Array(width);
    for (let at = 0; at < this.recent.length; at += 1) shares[at % width]! += this.recent[at]!;
    let sum = 0;
    for (let column = 0; column < width; column += 1) sum += shares[column] = Math.max(0, shares[column]!);
    return sum > 0 ? shares.map((share) => share / sum) : shares;
  }
}
