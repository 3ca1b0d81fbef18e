import { longestTwo } from './longest-two.js';

/** A value that stands still though it used to move. */
export interface Flat {
  /** From here on, over how many rows. */
  readonly since: number;
  readonly rows: number;
  readonly value: number;
  /** 0.5 where it begins to be said, towards 1 with each further row. */
  readonly score: number;
  /** Between what it moved before. */
  readonly expected: { readonly low: number; readonly high: number };
}

/** No sample for much longer than is usual. */
export interface Missing {
  readonly since: number;
  readonly silentMs: number;
  readonly usualStepMs: number;
  /** 0.5 where it begins to be said, towards 1 the longer it lasts. */
  readonly score: number;
}

const VERSION = 1;

/** It "used to move", and had "usual" steps, once it did so as often. */
const LEARNT = 20;

/** Fewer equal values in a row are nothing, however lively the series: agents and drivers repeat a value when busy. */
const FLAT_ROWS = 10;

/** Nor are so few usual steps of silence: a restart or an update lasts as long. */
const SILENT_STEPS = 6;

/** Twice as long as it ever was twice. */
const LONGER = 2;

/** Chance that the series would stand still so long by itself: one in a million per row, so that a fleet stays quiet. */
const LOG_CHANCE = Math.log(1e-6);

/** Standard errors by which the count of changes may be off. */
const DOUBT = 2;

/** The usual step follows the last so many. */
const STEP_MEMORY = 100;

/** How far one step may pull the usual one, in powers of e. */
const STEP_PULL = 1;

const FIELDS = [
  'samples',
  'lastAt',
  'logStep',
  'longestStep',
  'secondStep',
  'value',
  'runRows',
  'runSince',
  'stays',
  'changes',
  'longestRun',
  'secondRun',
  'low',
  'high',
] as const;

type State = Record<(typeof FIELDS)[number], number>;

const UNSEEN: State = {
  samples: 0,
  lastAt: NaN,
  logStep: 0,
  longestStep: 0,
  secondStep: 0,
  value: NaN,
  runRows: 0,
  runSince: NaN,
  stays: 0,
  changes: 0,
  longestRun: 0,
  secondRun: 0,
  low: NaN,
  high: NaN,
};

const BYTES = 1 + 8 * FIELDS.length;

/** `limit` is where silence begins to be news. */
function scoreOf(length: number, limit: number): number {
  return length / (length + limit);
}

/**
 * Hears when a series goes silent: stands still though it used to move, or sends nothing. It compares with what the
 * series itself did: one that is constant or comes at irregular times by nature is left alone. 113 bytes of state.
 */
export class SilenceWatch {
  private state: State = { ...UNSEEN };

  /** @throws Error on what is no state of ours */
  static resume(bytes: Uint8Array): SilenceWatch {
    if (bytes.length !== BYTES || bytes[0] !== VERSION) throw new Error(`no silence state of version ${VERSION}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const watch = new SilenceWatch();
    FIELDS.forEach((field, index) => (watch.state[field] = view.getFloat64(1 + 8 * index, true)));
    return watch;
  }

  serialise(): Uint8Array {
    const bytes = new Uint8Array(BYTES);
    const view = new DataView(bytes.buffer);
    bytes[0] = VERSION;
    FIELDS.forEach((field, index) => view.setFloat64(1 + 8 * index, this.state[field], true));
    return bytes;
  }

  /** A NaN says that a sample was sent without a value: it neither moves nor stands still. */
  observe(atMs: number, value: number): Flat | null {
    this.hear(atMs);
    if (Number.isNaN(value)) return null;
    this.follow(atMs, value);
    return this.flat();
  }

  /** Asked between samples, by whoever has a clock. */
  missing(nowMs: number): Missing | null {
    const { samples, lastAt, logStep, longestStep, secondStep } = this.state;
    if (samples <= LEARNT) return null;
    const silentMs = nowMs - lastAt;
    const usualStepMs = Math.exp(logStep);
    const limit = Math.max(SILENT_STEPS * usualStepMs, LONGER * (secondStep || longestStep));
    if (silentMs <= limit) return null;
    return { since: lastAt, silentMs, usualStepMs, score: scoreOf(silentMs, limit) };
  }

  private hear(atMs: number): void {
    const { state } = this;
    const step = atMs - state.lastAt;
    state.samples += 1;
    state.lastAt = atMs;
    if (!(step > 0)) return;
    const steps = state.samples - 1;
    const pull = steps === 1 ? Infinity : STEP_PULL;
    const off = Math.max(-pull, Math.min(pull, Math.log(step) - state.logStep));
    state.logStep += off / Math.min(steps, STEP_MEMORY);
    [state.longestStep, state.secondStep] = longestTwo([state.longestStep, state.secondStep], step);
  }

  private follow(atMs: number, value: number): void {
    const { state } = this;
    if (value === state.value) {
      // What is said to be flat does not teach that standing still is usual.
      if (this.flat() === null) state.stays += 1;
      state.runRows += 1;
      return;
    }
    if (state.runRows > 0) {
      state.changes += 1;
      [state.longestRun, state.secondRun] = longestTwo([state.longestRun, state.secondRun], state.runRows);
    }
    state.low = state.runRows > 0 ? Math.min(state.low, value) : value;
    state.high = state.runRows > 0 ? Math.max(state.high, value) : value;
    state.value = value;
    state.runRows = 1;
    state.runSince = atMs;
  }

  private flat(): Flat | null {
    const { value, runRows, runSince, stays, changes, secondRun, low, high } = this.state;
    if (changes < LEARNT) return null;
    // As many changes as there are at least, given how many were counted: they come in bursts.
    const surely = changes - DOUBT * Math.sqrt(changes);
    const logStay = Math.log((stays + 0.5) / (stays + surely + 1));
    const limit = Math.max(FLAT_ROWS, LONGER * secondRun, LOG_CHANCE / logStay);
    if (runRows < limit) return null;
    return { since: runSince, rows: runRows, value, score: scoreOf(runRows, limit), expected: { low, high } };
  }
}
