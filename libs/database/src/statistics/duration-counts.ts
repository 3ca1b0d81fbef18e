import type { HistogramView } from './pool-view.js';

/** Upper bounds in milliseconds: dense where a pool and its statements live, up to the longest wait for a connection. */
const BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

/** How long something took since start, counted by bounds that never change: what Prometheus adds up. */
export class DurationCounts {
  private readonly counts = new Float64Array(BOUNDS_MS.length + 1);
  private sumMs = 0;

  add(ms: number): void {
    let index = 0;
    while (index < BOUNDS_MS.length && ms > (BOUNDS_MS[index] as number)) index += 1;
    this.counts[index] = (this.counts[index] as number) + 1;
    this.sumMs += ms;
  }

  view(): HistogramView {
    let count = 0;
    const buckets = Array.from(this.counts, (here, index) => {
      count += here;
      return { le_ms: BOUNDS_MS[index] ?? null, count };
    });
    return { count, sum_ms: this.sumMs, buckets };
  }
}
