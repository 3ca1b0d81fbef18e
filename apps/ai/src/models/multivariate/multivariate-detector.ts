import { SEASON_AFTER_MS } from './daily-season.js';
import { fitModel, judge, readModel, writeModel, type Model } from './model.js';
import { RowMemory } from './row-memory.js';
import { StateReader, StateWriter } from './state.js';
import { UsualLevel } from './usual-level.js';

export interface MultivariateVerdict {
  /** In [0, 1]; 0 while too few rows were seen, 0.5 at USUAL_FACTOR times what is usual for this stream. */
  readonly score: number;
  /** How much each column has to do with it; they sum to 1, or are all 0 where the score is. */
  readonly shares: Float64Array;
}

/** Below this many rows there is no normal. */
const LEAST_ROWS = 30;

/** The model is fitted again when this much more was seen: a fit costs as much as some hundred rows. */
const REFIT_GROWTH = 1.2;

/** Rows are judged by the last models together: at which row the last fit happened to fall then matters less. */
const MODELS = 2;

/** Weight of a row in the running mean of the evidence, as in a mean of 15: what goes wrong in several columns lasts. */
const SMOOTHING = 2 / 16;

/**
 * What evidence is usual is learnt from so many rows: later, the models follow what changes, and a long incident must not
 * raise the bar for itself.
 */
const CALIBRATION_ROWS = 2000;

/** Evidence so many times the usual has a score of a half. */
const USUAL_FACTOR = 3;

/**
 * Rows of many columns, each judged by the rows before it. One request or many with the returned state give the same
 * scores, bit by bit.
 */
export class MultivariateDetector {
  readonly columns: readonly string[];
  private seen = 0;
  private nextFit = LEAST_ROWS;
  private firstAt = NaN;
  /** What evidence usually is; taken anew with each fit. */
  private usual: number;
  private memory: RowMemory;
  private level: UsualLevel;
  private models: readonly Model[] = [];
  /** Running mean of the evidence, by column. */
  private evidence: Float64Array;

  constructor({ columns }: { columns: readonly string[] }) {
    this.columns = [...columns];
    this.memory = new RowMemory(1 + columns.length);
    this.evidence = new Float64Array(columns.length);
    // The distance of a normal row is about the root of the number of columns.
    this.usual = Math.sqrt(columns.length);
    this.level = new UsualLevel(this.usual);
  }

  /** @throws Error on what is no state of ours */
  static resume(state: Uint8Array): MultivariateDetector {
    const reader = new StateReader(state);
    const made = new MultivariateDetector({ columns: reader.names() });
    made.seen = reader.number();
    made.nextFit = reader.number();
    made.firstAt = reader.number();
    made.usual = reader.number();
    made.evidence = reader.numbers();
    made.memory = RowMemory.read(reader, 1 + made.columns.length);
    made.level = UsualLevel.read(reader);
    made.models = Array.from({ length: reader.number() }, () => readModel(reader, made.columns.length));
    reader.end();
    return made;
  }

  serialise(): Uint8Array {
    const writer = new StateWriter().names(this.columns);
    writer.number(this.seen).number(this.nextFit).number(this.firstAt).number(this.usual).numbers(this.evidence);
    this.memory.write(writer);
    this.level.write(writer);
    writer.number(this.models.length);
    for (const model of this.models) writeModel(writer, model);
    return writer.bytes();
  }

  get rows(): number {
    return this.seen;
  }

  /** A NaN in the row: that column has no part in the verdict. A row of nothing else is no row. */
  observe(atMs: number, row: Float64Array): MultivariateVerdict {
    if (row.every((value) => Number.isNaN(value))) return { score: 0, shares: new Float64Array(row.length) };
    if (this.seen === 0) this.firstAt = atMs;
    if (this.seen === this.nextFit) this.fit(atMs);
    const verdict = this.judge(atMs, row);
    this.memory.add(Float64Array.of(atMs, ...row));
    this.seen += 1;
    return verdict;
  }

  private fit(atMs: number): void {
    const model = fitModel(this.memory.all(), this.columns.length, atMs - this.firstAt >= SEASON_AFTER_MS);
    this.models = [model, ...this.models].slice(0, MODELS);
    this.usual = this.level.median();
    this.nextFit = Math.max(this.seen + 1, Math.floor(this.seen * REFIT_GROWTH));
  }

  private judge(atMs: number, row: Float64Array): MultivariateVerdict {
    const { evidence, models, usual } = this;
    if (models.length === 0) return { score: 0, shares: new Float64Array(row.length) };

    for (let column = 0; column < evidence.length; column += 1) evidence[column]! *= 1 - SMOOTHING;
    for (const model of models) {
      const { distance, parts } = judge(model, atMs, row);
      const whole = parts.reduce((sum, part) => sum + part, 0);
      if (whole === 0) continue;
      const weight = (SMOOTHING * distance) / whole / models.length;
      for (let column = 0; column < evidence.length; column += 1) evidence[column]! += weight * parts[column]!;
    }
    const total = evidence.reduce((sum, part) => sum + part, 0);
    if (this.seen < CALIBRATION_ROWS) this.level.add(total);
    return {
      score: total / (total + USUAL_FACTOR * usual),
      shares: total > 0 ? evidence.map((part) => part / total) : new Float64Array(row.length),
    };
  }
}
