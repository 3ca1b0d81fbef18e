import { createHistogram } from 'node:perf_hooks';
import type { Quantiles } from './pool-view.js';

const SLICE_MS = 10_000;
const SLICES = 6;
/** Rates of a process that has just begun are not blown up by the first thing it does. */
const LEAST_SPAN_MS = 1_000;

/** Ten minutes, in microseconds. What takes longer counts as that long. */
const LONGEST_US = 600_000_000;

/** Microseconds, within 1 % each (HDR): 6 KiB a slice, 20 ns a record. */
const newHistogram = () => createHistogram({ lowest: 1, highest: LONGEST_US, figures: 2 });

/** Ten seconds. Used again and again, so that recording allocates nothing. */
class Slice {
  /** Which ten seconds of the clock. */
  index = -1;
  attempts = 0;
  failures = 0;
  readonly latency = newHistogram();

  begin(index: number): void {
    this.index = index;
    this.attempts = 0;
    this.failures = 0;
    this.latency.reset();
  }
}

/** What the last minute was like: the slice of ten seconds under way, and the five before it. */
export class LastMinute {
  private readonly slices = Array.from({ length: SLICES }, () => new Slice());
  private readonly startedAt: number;

  /** @param now milliseconds that never go back */
  constructor(private readonly now: () => number) {
    this.startedAt = now();
  }

  /** One thing tried; `failed` is the node's fault. */
  attempt(failed: boolean): void {
    const slice = this.current();
    slice.attempts += 1;
    if (failed) slice.failures += 1;
  }

  /** One statement, which is also one thing tried. */
  statement(ms: number, failed: boolean): void {
    const slice = this.current();
    slice.attempts += 1;
    if (failed) slice.failures += 1;
    slice.latency.record(Math.min(Math.max(1, Math.round(ms * 1_000)), LONGEST_US));
  }

  view(): { latency_ms: Quantiles; error_rate: number; throughput: number } {
    const now = this.now();
    const oldest = Math.floor(now / SLICE_MS) - SLICES + 1;
    const all = newHistogram();
    let attempts = 0;
    let failures = 0;
    for (const slice of this.slices) {
      if (slice.index < oldest) continue;
      attempts += slice.attempts;
      failures += slice.failures;
      all.add(slice.latency);
    }
    const spanMs = Math.max(LEAST_SPAN_MS, now - Math.max(this.startedAt, oldest * SLICE_MS));
    const ms = (percentile: number) => (all.count === 0 ? null : all.percentile(percentile) / 1_000);
    return {
      latency_ms: { p50: ms(50), p95: ms(95), p99: ms(99) },
      error_rate: attempts === 0 ? 0 : failures / attempts,
      throughput: (all.count * 1_000) / spanMs,
    };
  }

  private current(): Slice {
    const index = Math.floor(this.now() / SLICE_MS);
    const slice = this.slices[index % SLICES] as Slice;
    if (slice.index !== index) slice.begin(index);
    return slice;
  }
}
