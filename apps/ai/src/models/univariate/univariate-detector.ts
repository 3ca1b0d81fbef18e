import { ByteReader, ByteWriter } from './bytes.js';
import { LastValues } from './last-values.js';
import { RecentValues } from './recent-values.js';
import { SameTime } from './same-time.js';
import { Tail } from './tail.js';
import type { AnomalyKind, Verdict } from './verdict.js';

/** `auto` takes the time of day for the season; a number is its length in rows. */
export type Seasonality = 'auto' | number;

/** Of the state's format: another one is refused. */
const VERSION = 2;
const DAY_MS = 86_400_000;
/** Nothing is an anomaly before so many rows are known (ai.md). */
const ROWS_REQUIRED = 30;
/** Rows whose values are known: two weeks of five minutes. What is older may be novel again. */
const ROWS_KEPT = 4_096;
/** Of the short mean: it sees a level that single rows reach now and then. */
const MEAN_ROWS = 6;
/** Among the values of that time of day it takes more than one like it to be usual. */
const NEIGHBOUR_AT_TIME = 2;
/** Periods after which the profile of the day is half believed: at first each day is unlike the few before it. */
const PERIODS_HALF_BELIEVED = 1.5;
/** What the features add to the strangest of them. */
const SUPPORT = 0.3;
/** A row in ten thousand is an alarm a month in one stream and an hour in another: of the length, so much is taken back. */
const LENGTH_TAKEN = 0.6;
/** The length in powers of ten at which nothing is taken or given. */
const USUAL_LENGTH = 3.5;
/** An alarm is the strangest row of so many: an incident is told once, and again only when it gets worse. */
const NEIGHBOURHOOD_ROWS = 100;
/** Records below it are ordinary rows. Well below every threshold. */
const RECORD_FLOOR = 3.5;
/** The level at which a score is half way up. */
const HALF_WAY = 5;
/** What of a level is left in the next row: the score of ordinary rows stays up for an hour or a day after an incident. */
const FADING = Math.exp(-1 / NEIGHBOURHOOD_ROWS);
/** Of the last values, below which differences are rounding: a mean of nothing is made of values that are not. */
const ROUNDING = 1e-12;
/** Of a number derived from values. */
const DERIVED_ROUNDING = 1e-9;
/** Of a level: two rows that are as strange as each other must not become a record by the rounding of another unit. */
const LEVEL_ROUNDING = 1e-6;
/** The range expected of a row leaves out so much of the past at either end. */
const OUTSIDE = 0.005;

/** The tails of what is looked at, in the order they are kept. */
type Feature = 'value' | 'group' | 'mean' | 'time';
const FEATURES: readonly Feature[] = ['value', 'group', 'mean', 'time'];

/**
 * Scores a stream row by row; each verdict depends on that row and those before it only. Strange is what lies far from
 * everything seen (so gaps between usual values count as well as extremes), as a value, as a mean, or for the time of day;
 * how far is far says the stream's own past (`Tail`). Everything is made of distances and their ranks, so neither the unit
 * nor the origin of the values matters.
 */
export class UnivariateDetector {
  private seen = 0;
  private first = 0;
  private faded = 0;
  private values = new RecentValues(ROWS_KEPT);
  private means = new RecentValues(ROWS_KEPT);
  private last = new LastValues(MEAN_ROWS);
  private levels = new LastValues(NEIGHBOURHOOD_ROWS);
  private sameTime: SameTime;
  private tails: Record<Feature, Tail> = { value: new Tail(), group: new Tail(), mean: new Tail(), time: new Tail() };

  constructor(private readonly options: { seasonality: Seasonality }) {
    this.sameTime = new SameTime(this.period);
  }

  /** @throws RangeError when the bytes are not a state of this version. */
  static resume(state: Uint8Array): UnivariateDetector {
    const from = new ByteReader(state);
    if (from.u8() !== VERSION) throw new RangeError('The state is of another version');
    const season = from.u32();
    const detector = new UnivariateDetector({ seasonality: season === 0 ? 'auto' : season });
    detector.seen = from.u32();
    detector.first = from.f64();
    detector.faded = from.f64();
    detector.values = RecentValues.read(from, ROWS_KEPT);
    detector.means = RecentValues.read(from, ROWS_KEPT);
    detector.last = LastValues.read(from, MEAN_ROWS);
    detector.levels = LastValues.read(from, NEIGHBOURHOOD_ROWS);
    detector.sameTime = SameTime.read(from, detector.period);
    for (const feature of FEATURES) detector.tails[feature] = Tail.read(from);
    from.end();
    return detector;
  }

  /** How many it has seen. */
  get rows(): number {
    return this.seen;
  }

  serialise(): Uint8Array {
    const { seasonality } = this.options;
    const to = new ByteWriter()
      .u8(VERSION)
      .u32(seasonality === 'auto' ? 0 : seasonality)
      .u32(this.seen);
    to.f64(this.first).f64(this.faded);
    this.values.write(to);
    this.means.write(to);
    this.last.write(to);
    this.levels.write(to);
    this.sameTime.write(to);
    for (const feature of FEATURES) this.tails[feature].write(to);
    return to.bytes();
  }

  /** `atMs` does not go back; `value` is finite. */
  observe(atMs: number, value: number): Verdict {
    // Minus zero is zero, or the order of equal values would be part of the state.
    const x = value + 0;
    const time = this.options.seasonality === 'auto' ? atMs : this.seen;
    if (this.seen === 0) this.first = time;
    this.last.add(x);
    const mean = this.last.mean;
    const atTime = this.sameTime.at(time);
    const levels: Record<Feature, number> = {
      value: this.levelOf('value', this.values.distanceToNearest(x, 1)),
      group: this.levelOf('group', this.values.distanceToNearest(x, 3)),
      mean: this.levelOf('mean', this.means.distanceToNearest(mean, 1)),
      time: atTime ? this.levelOf('time', distanceAmong(atTime, mean)) * this.belief(time) : 0,
    };
    const kind = this.kindOf(levels, x);
    const expected = kind === 'pattern' && atTime ? rangeOf(atTime) : this.range(x);
    const score = this.scoreOf(this.combined(levels));
    this.values.add(x);
    this.means.add(mean);
    this.sameTime.add(time, mean);
    this.seen += 1;
    return { score, ...expected, kind };
  }

  private get period(): number {
    return this.options.seasonality === 'auto' ? DAY_MS : this.options.seasonality;
  }

  private belief(time: number): number {
    const periods = (time - this.first) / this.period;
    return periods / (periods + PERIODS_HALF_BELIEVED);
  }

  private levelOf(feature: Feature, distance: number): number {
    const tail = this.tails[feature];
    const level = tail.level(distance, ROUNDING * this.last.magnitude + DERIVED_ROUNDING * distance);
    tail.add(distance);
    return level;
  }

  private combined(levels: Record<Feature, number>): number {
    let most = 0;
    let sum = 0;
    for (const feature of FEATURES) {
      most = Math.max(most, levels[feature]);
      sum += levels[feature];
    }
    if (most === 0) return 0;
    return Math.max(0, most + SUPPORT * sum + LENGTH_TAKEN * (USUAL_LENGTH - Math.log10(this.seen + 1)));
  }

  /** The upper half of the scale is for records of the neighbourhood, the lower one for all other rows. */
  private scoreOf(level: number): number {
    const record = level > this.levels.greatest * (1 + LEVEL_ROUNDING);
    this.levels.add(level);
    this.faded = Math.max(level, this.faded * FADING);
    const alarming = record && level >= RECORD_FLOOR && this.seen >= ROWS_REQUIRED;
    return alarming ? (1 + shareOf(level)) / 2 : shareOf(this.faded) / 2;
  }

  private kindOf(levels: Record<Feature, number>, value: number): AnomalyKind {
    const ofValue = Math.max(levels.value, levels.group);
    if (levels.time > Math.max(ofValue, levels.mean)) return 'pattern';
    if (levels.mean > ofValue) return 'level_shift';
    return value < this.values.least || value > this.values.greatest ? 'spike' : 'novel_value';
  }

  private range(value: number): { low: number; high: number } {
    if (this.values.size === 0) return { low: value, high: value };
    return { low: this.values.quantile(OUTSIDE), high: this.values.quantile(1 - OUTSIDE) };
  }
}

/** Squared, so that alarms spread over the upper half instead of crowding in its middle. */
const shareOf = (level: number) => level ** 2 / (level ** 2 + HALF_WAY ** 2);

function distanceAmong(values: readonly number[], value: number): number {
  const nearest = Array<number>(NEIGHBOUR_AT_TIME).fill(Number.MAX_VALUE);
  for (const each of values) {
    let distance = Math.abs(each - value);
    for (let i = 0; i < NEIGHBOUR_AT_TIME; i++) {
      const held = nearest[i] as number;
      if (distance >= held) continue;
      nearest[i] = distance;
      distance = held;
    }
  }
  return nearest[NEIGHBOUR_AT_TIME - 1] as number;
}

function rangeOf(values: readonly number[]): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}
