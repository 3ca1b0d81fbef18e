import { ByteReader, ByteWriter } from './bytes.js';
import { RecentValues } from './recent-values.js';
import type { Verdict } from './verdict.js';

/** `auto` takes the time of day for the season; a number is its length in rows. */
export type Seasonality = 'auto' | number;

/** Of the state's format: another one is refused. */
const VERSION = 1;
/** Nothing is an anomaly before so many rows are known (ai.md). */
const ROWS_REQUIRED = 30;
const KEPT = 4_096;
const SPANS = [1, 6, 36] as const;
const NEIGHBOUR = 3;
const NEIGHBOURHOOD_ROWS = 100;

/** Scores a stream row by row: each verdict depends on what came before only. */
export class UnivariateDetector {
  private seen = 0;
  private latest = new RecentRing(SPANS[2]);
  private levels = new RecentRing(NEIGHBOURHOOD_ROWS);
  private features = SPANS.map(() => ({ past: new RecentValues(KEPT), novelty: new RecentValues(KEPT) }));

  constructor(private readonly options: { seasonality: Seasonality }) {}

  static resume(state: Uint8Array): UnivariateDetector {
    const from = new ByteReader(state);
    if (from.u8() !== VERSION) throw new RangeError('The state is of another version');
    const season = from.u32();
    const detector = new UnivariateDetector({ seasonality: season === 0 ? 'auto' : season });
    detector.seen = from.u32();
    detector.latest = RecentRing.read(from, SPANS[2]);
    detector.levels = RecentRing.read(from, NEIGHBOURHOOD_ROWS);
    detector.features = SPANS.map(() => ({
      past: RecentValues.read(from, KEPT),
      novelty: RecentValues.read(from, KEPT),
    }));
    from.end();
    return detector;
  }

  get rows(): number {
    return this.seen;
  }

  serialise(): Uint8Array {
    const { seasonality } = this.options;
    const to = new ByteWriter()
      .u8(VERSION)
      .u32(seasonality === 'auto' ? 0 : seasonality)
      .u32(this.seen);
    this.latest.write(to);
    this.levels.write(to);
    for (const { past, novelty } of this.features) {
      past.write(to);
      novelty.write(to);
    }
    return to.bytes();
  }

  observe(_atMs: number, value: number): Verdict {
    this.latest.add(value);
    const past = this.features[0]?.past;
    const low = past?.size ? past.quantile(0.01) : value;
    const high = past?.size ? past.quantile(0.99) : value;
    let most = 0;
    let sum = 0;
    this.features.forEach((feature, i) => {
      const mean = this.latest.mean(SPANS[i] ?? 1);
      const distance = feature.past.distanceToNearest(mean, NEIGHBOUR);
      const level = tail(feature.novelty, distance);
      feature.novelty.add(distance);
      feature.past.add(mean);
      most = Math.max(most, level);
      sum += level;
    });
    const level = most + (0.5 * sum) / SPANS.length;
    const record = this.seen >= ROWS_REQUIRED && level > this.levels.greatest() * (1 + 1e-9);
    this.levels.add(level);
    this.seen += 1;
    const share = level / (level + 4);
    return { score: record ? 0.5 + share / 2 : share / 2, low, high, kind: 'novel_value' };
  }
}

function tail(past: RecentValues, distance: number): number {
  if (distance <= 0 || past.size === 0) return 0;
  const rank = -Math.log10((past.atLeast(distance) + 0.5) / (past.size + 1));
  const beyond = past.greatest > 0 ? Math.min(distance / past.greatest, 3) : 3;
  return Math.max(0, rank) + (beyond > 1 ? beyond - 1 : 0);
}

/** The last few numbers, in order. */
class RecentRing {
  private values: number[] = [];

  constructor(private readonly capacity: number) {}

  static read(from: ByteReader, capacity: number): RecentRing {
    const ring = new RecentRing(capacity);
    ring.values = [...from.f64s()];
    return ring;
  }

  write(to: ByteWriter): void {
    to.f64s(Float64Array.from(this.values));
  }

  add(value: number): void {
    this.values.push(value);
    if (this.values.length > this.capacity) this.values.shift();
  }

  /** Of the last `count`, or of as many as there are. Divided before they are added: the sum must not overflow. */
  mean(count: number): number {
    const taken = Math.min(count, this.values.length);
    let sum = 0;
    for (let i = this.values.length - taken; i < this.values.length; i++) sum += (this.values[i] as number) / taken;
    return sum;
  }

  greatest(): number {
    return this.values.reduce((a, b) => Math.max(a, b), 0);
  }
}
