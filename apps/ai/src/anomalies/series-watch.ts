import { SilenceWatch } from '../models/silence/index.js';
import { thresholds, UnivariateDetector } from '../models/univariate/index.js';
import type { DetectedRow, Detector } from './strange-row.js';
import { watchedMetric, type WatchedMetric } from './watched-metrics.js';

/** Of everything below: a state of another one is made anew from the raw samples. */
export const STATE_VERSION = 1;

/** The score from which each detector speaks. Silence and drift begin to say so at a half, peers at their false-discovery rate. */
export const baseThresholds: Readonly<Record<Detector, number>> = {
  value: thresholds.standard,
  silence: 0.5,
  drift: 0.5,
  peers: 0.95,
};

/** Longer than any series is silent: asked then, its detector tells the usual step. */
const THE_END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** What is remembered of a series, in bytes. */
export interface SeriesState {
  readonly rows: number;
  readonly lastAt: number;
  readonly lastValue: number;
  readonly heardMs: number;
  readonly silence: Uint8Array;
  readonly state: Uint8Array;
}

/** Judges one series of a device sample by sample: by what came before it alone, the same wherever and in how many pieces. */
export class SeriesWatch {
  private lastAt = -Infinity;
  private lastValue = Number.NaN;
  private heardMs = 0;

  private constructor(
    private readonly metric: WatchedMetric,
    private readonly detector: UnivariateDetector,
    private readonly silence: SilenceWatch,
  ) {}

  /** Undefined where the metric is not watched. */
  static begin(metric: string): SeriesWatch | undefined {
    const watched = watchedMetric(metric);
    return watched && new SeriesWatch(watched, new UnivariateDetector({ seasonality: 'auto' }), new SilenceWatch());
  }

  /** Undefined where the bytes are no state of this release, or the metric is not watched. */
  static resume(metric: string, { lastAt, lastValue, heardMs, silence, state }: SeriesState): SeriesWatch | undefined {
    const watched = watchedMetric(metric);
    if (!watched) return undefined;
    try {
      const watch = new SeriesWatch(watched, UnivariateDetector.resume(state), SilenceWatch.resume(silence));
      return Object.assign(watch, { lastAt, lastValue, heardMs });
    } catch {
      // Of an earlier or a later release, or damaged: whoever asked has the raw samples.
      return undefined;
    }
  }

  /** Whether a sample of that moment comes after all that were seen. */
  isNews(atMs: number): boolean {
    return atMs > this.lastAt;
  }

  /** What each detector says of a sample that is news; nothing of the first one of a counter. */
  observe(atMs: number, sample: number): DetectedRow[] {
    const { reading, grain } = this.metric;
    const value = reading === 'value' ? sample : sample - this.lastValue;
    this.lastAt = atMs;
    this.lastValue = sample;
    this.heardMs = 0;
    // A counter that stands still is well.
    const flat = this.silence.observe(atMs, reading === 'value' ? sample : Number.NaN);
    if (!(value >= 0) && reading === 'increase') return [];
    const { score, low, high, kind } = this.detector.observe(atMs, value);
    const size = Math.max(low - value, value - high, 0);
    const matters = size >= grain || high - low >= grain;
    return [
      {
        detector: 'value',
        at: atMs,
        kind,
        score: matters ? score : 0,
        value,
        expected: { low, high },
        size,
        side: value > high ? 1 : value < low ? -1 : 0,
      },
      {
        detector: 'silence',
        at: atMs,
        kind: 'flatline',
        score: flat?.score ?? 0,
        value,
        expected: flat?.expected ?? null,
        size: flat?.rows ?? 0,
        side: 0,
      },
    ];
  }

  serialise(): SeriesState {
    return {
      rows: this.detector.rows,
      lastAt: this.lastAt,
      lastValue: this.lastValue,
      heardMs: this.heardMs,
      silence: this.silence.serialise(),
      state: this.detector.serialise(),
    };
  }
}

/**
 * A series that a diagnostic of its device says nothing of. Only time in which the device told of others counts, and of each
 * pause no more than a usual step: who comes back from holidays has lost no sensor.
 * @param gapMs since the diagnostic before
 * @returns what to remember, and what it says; undefined while too little is known of the series
 */
export function unheard(
  { lastAt, heardMs, silence }: Pick<SeriesState, 'lastAt' | 'heardMs' | 'silence'>,
  atMs: number,
  gapMs: number,
): { heardMs: number; row: DetectedRow } | undefined {
  const watch = SilenceWatch.resume(silence);
  const usual = watch.missing(THE_END_OF_TIME)?.usualStepMs;
  if (usual === undefined) return undefined;
  const heard = heardMs + Math.min(gapMs, usual);
  const missing = watch.missing(lastAt + heard);
  const score = missing?.score ?? 0;
  const row = { detector: 'silence', kind: 'missing', value: null, expected: null, side: -1 } as const;
  return { heardMs: heard, row: { ...row, at: atMs, score, size: missing?.silentMs ?? 0 } };
}
