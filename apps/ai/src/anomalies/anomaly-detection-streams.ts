import { MultivariateDetector } from '../models/multivariate/index.js';
import { Segmenter, type Anomaly, type Contributor, type OpenSegment } from '../models/segments/index.js';
import { SilenceWatch } from '../models/silence/index.js';
import { UnivariateDetector, type Seasonality } from '../models/univariate/index.js';
import { severityOf } from './anomaly-detection-severity.js';

/** What a stream keeps between two calls. */
export interface Kept {
  readonly detector: Uint8Array;
  /** Watches for standing still; of one series only. */
  readonly silence: Uint8Array;
  readonly open: OpenSegment | null;
}

/** Rows in order of time, judged one by one. */
export interface Stream {
  readonly method: string;
  /** How many were seen. */
  readonly rows: number;
  readonly anomalies: readonly Anomaly[];
  /** @returns the score of the row */
  observe(at: number, values: Float64Array): number;
  serialise(): Kept;
}

/** Metrics that have less to do with it are not named. */
const SHARE_MIN = 0.05;
const CONTRIBUTORS_MAX = 5;

/** One series: its values, and whether it stands still. */
export class UnivariateStream implements Stream {
  readonly method = 'univariate-ensemble';
  private readonly detector: UnivariateDetector;
  private readonly watch: SilenceWatch;
  private readonly segments: Segmenter;
  private readonly found = new Map<string, Anomaly>();
  private readonly contributors: readonly Contributor[];

  constructor(metric: string, threshold: number, seasonality: Seasonality, kept: Kept | undefined) {
    this.detector = kept ? UnivariateDetector.resume(kept.detector) : new UnivariateDetector({ seasonality });
    this.watch = kept ? SilenceWatch.resume(kept.silence) : new SilenceWatch();
    this.segments = new Segmenter(threshold, kept?.open);
    this.contributors = [{ metric, share: 1 }];
  }

  get rows(): number {
    return this.detector.rows;
  }

  get anomalies(): readonly Anomaly[] {
    return [...this.found.values()];
  }

  observe(at: number, [value = Number.NaN]: Float64Array): number {
    const { contributors } = this;
    const { score, low, high, kind } = this.detector.observe(at, value);
    const anomaly = this.segments.observe({ at, score, kind, expected: { low, high }, contributors });
    if (anomaly) this.found.set(`${anomaly.start}`, anomaly);
    const flat = this.watch.observe(at, value);
    if (flat) {
      const { since: start, score: sureness, expected } = flat;
      const severity = severityOf(sureness);
      const times = { start, end: at, peak_at: at };
      this.found.set(`flat ${start}`, {
        ...times,
        score: sureness,
        severity,
        kind: 'flatline',
        expected,
        contributors,
      });
    }
    return score;
  }

  serialise(): Kept {
    return { detector: this.detector.serialise(), silence: this.watch.serialise(), open: this.segments.open };
  }
}

/** Many series over the same moments. */
export class MultivariateStream implements Stream {
  readonly method = 'multivariate-distance';
  private readonly detector: MultivariateDetector;
  private readonly segments: Segmenter;
  private readonly found = new Map<number, Anomaly>();

  constructor(
    private readonly metrics: readonly string[],
    private readonly threshold: number,
    kept: Kept | undefined,
  ) {
    this.detector = kept
      ? MultivariateDetector.resume(kept.detector)
      : new MultivariateDetector({ columns: [...metrics] });
    this.segments = new Segmenter(threshold, kept?.open);
  }

  get rows(): number {
    return this.detector.rows;
  }

  get anomalies(): readonly Anomaly[] {
    return [...this.found.values()];
  }

  observe(at: number, values: Float64Array): number {
    const { score, shares } = this.detector.observe(at, values);
    const contributors = score >= this.threshold ? this.greatest(shares) : [];
    const anomaly = this.segments.observe({ at, score, kind: 'pattern', expected: null, contributors });
    if (anomaly) this.found.set(anomaly.start, anomaly);
    return score;
  }

  serialise(): Kept {
    return { detector: this.detector.serialise(), silence: new Uint8Array(), open: this.segments.open };
  }

  private greatest(shares: Float64Array): Contributor[] {
    return this.metrics
      .map((metric, index) => ({ metric, share: shares[index] ?? 0 }))
      .filter(({ share }) => share >= SHARE_MIN)
      .sort((a, b) => b.share - a.share)
      .slice(0, CONTRIBUTORS_MAX);
  }
}
